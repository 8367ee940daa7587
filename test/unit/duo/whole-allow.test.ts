// SECURITY: an allow counts only when it is whole. Each field that a dialect documents for it, taken away or of another type, at
// preauth, auth and auth_status; and next to it, that a denial or a wait with the same hole is read all the same.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DuoDialect } from "../../../src/duo/dialect.ts";
import { answering, passcode } from "./dialect-bench.ts";

type Call = "preauth" | "auth" | "status";

/** What an allow has to have, by dialect and call. COMPAT(duo_unix): unix is what Duo Unix 2.2 insists on. */
const REQUIRED: Readonly<Record<DuoDialect, Readonly<Record<Call, readonly string[]>>>> = {
  v2: { preauth: ["status_msg"], auth: ["status", "status_msg"], status: ["status", "status_msg"] },
  v1: { preauth: ["status"], auth: ["status"], status: ["status"] },
  unix: { preauth: ["status_msg"], auth: ["status_msg"], status: ["status_msg"] },
};
const WHOLE = { status: "allow", status_msg: "Success. Logging you in..." };
const NO_TEXT: readonly unknown[] = [undefined, null, 7, true, [], ["Success"], {}];

async function ask(dialect: DuoDialect, call: Call, response: object): Promise<unknown> {
  const bench = answering(dialect, response);
  return call === "auth" ? await bench.auth(passcode) : await bench[call]();
}

for (const [dialect, calls] of Object.entries(REQUIRED) as [DuoDialect, Record<Call, readonly string[]>][]) {
  describe(`${dialect}: an allow`, () => {
    for (const call of ["preauth", "auth", "status"] as const) {
      it(`of ${call} that is whole counts, with an empty text too`, async () => {
        const required = Object.fromEntries(calls[call].map((name) => [name, ""]));
        for (const rest of [WHOLE, required]) {
          assert.match(
            JSON.stringify(await ask(dialect, call, { result: "allow", ...rest })),
            /"(kind|result)":"allow"/,
          );
        }
      });

      for (const field of calls[call]) {
        it(`of ${call} without ${field}, or with one that is no text, is no answer`, async () => {
          for (const value of NO_TEXT) {
            const response = { ...WHOLE, [field]: value };
            assert.equal(await ask(dialect, call, { result: "allow", ...response }), "invalid-response");
            assert.match(JSON.stringify(await ask(dialect, call, { result: "deny", ...response })), /"deny"/);
          }
        });
      }
    }
  });
}
