// Holds the signature of version 1, which covers no date: taken only where it is permitted, and only without a date.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import type { Call } from "../../emulator/http/call.ts";
import { canonicalString } from "../../emulator/signature/canonical.ts";
import { verify } from "../../emulator/signature/verify.ts";

const ikey = "DIWJ8X6AEYOR5OMC6TQ1";
const skey = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";
const host = "api-xxxxxxxx.duosecurity.com";
const date = "Tue, 21 Aug 2012 17:29:18 -0000";
const now = Date.UTC(2012, 7, 21, 17, 29, 18);
const pairs = [
  { key: "user", value: "narroway" },
  { key: "hostname", value: "wks 01" },
];

type Headers = Call["headers"];

function makeCall(bodyForm: Call["bodyForm"], headers: Headers): Call {
  const base = { method: "POST", path: "/rest/v1/preauth.bson", host, query: [], bodyPairs: pairs, wellFormed: true };
  return { ...base, headers, bodyForm, body: Buffer.alloc(0) };
}

function judge(version: 1 | 2, undated: boolean, dates: Headers, digest = "sha1", bodyForm: Call["bodyForm"] = "form") {
  const signable = { ...makeCall(bodyForm, []), date, params: pairs };
  const signature = createHmac(digest, skey).update(canonicalString(version, signable)).digest("hex");
  const basic = Buffer.from(`${ikey}:${signature}`).toString("base64");
  const call = makeCall(bodyForm, [...dates, ["authorization", `Basic ${basic}`]]);
  return verify(call, [{ ikey, skey, kind: "auth" }], now, undated);
}

const dated: Headers = [["date", date]];

test("version 1 is four lines: method, host, path, parameters", () => {
  const signable = { ...makeCall("form", []), date, params: pairs };
  assert.equal(canonicalString(1, signable), `POST\n${host}\n/rest/v1/preauth.bson\nhostname=wks%2001&user=narroway`);
});

test("without a date version 1 is genuine where it is permitted, and lacks a date elsewhere", () => {
  assert.deepEqual(judge(1, true, []), { kind: "genuine", form: "v1" });
  assert.deepEqual(judge(1, false, []), { kind: "refused", code: 40104 });
});

test("with a date only the dated forms count, permitted or not", () => {
  assert.deepEqual(judge(1, true, dated), { kind: "refused", code: 40103 });
  assert.deepEqual(judge(2, true, dated), { kind: "genuine", form: "v2-sha1" });
  assert.deepEqual(judge(2, true, [["date", "yesterday"]]), { kind: "refused", code: 40105 });
});

test("without a date a dated signature, SHA-512 or a JSON body is refused", () => {
  assert.deepEqual(judge(2, true, []), { kind: "refused", code: 40103 });
  assert.deepEqual(judge(1, true, [], "sha512"), { kind: "refused", code: 40103 });
  assert.deepEqual(judge(1, true, [], "sha1", "json"), { kind: "refused", code: 40103 });
});
