// Messages against any values and any bytes: what is encoded decodes to the same, and nothing throws. How frames come out
// of a stream is held by frames.test.ts. fast-check prints the seed of a failure.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ANSWER_MAX, DISPLAY_MAX, FACT, NONCE_BYTES, TRANSACTION_MAX, VERDICT_CODE } from "../../src/wire/limits.ts";
import {
  type DaemonMessage,
  decodeDaemonMessage,
  decodeHelperMessage,
  encodeDaemonMessage,
  encodeHelperMessage,
  type HelperMessage,
} from "../../src/wire/messages.ts";

/** Well-formed text without NUL, within a number of bytes. */
function text(min: number, max: number): fc.Arbitrary<string> {
  return fc
    .string({ unit: "binary", minLength: min, maxLength: Math.min(max, 300) })
    .map((raw) => raw.replaceAll("\0", "x"))
    .filter((value) => Buffer.byteLength(value) >= min && Buffer.byteLength(value) <= max);
}
/** Records with the prototype of an ordinary object, as the decoder makes them. */
function plain<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true });
}
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const u8 = fc.integer({ min: 0, max: 255 });
const nonce = fc.uint8Array({ minLength: NONCE_BYTES, maxLength: NONCE_BYTES }).map((bytes) => Buffer.from(bytes));
const factText = (name: "user" | "service" | "rhost" | "tty" | "ruser" | "command" | "duoUser" | "factor") =>
  text(FACT[name].min, FACT[name].max);
const optional = (name: "rhost" | "tty" | "ruser" | "command" | "duoUser" | "factor") =>
  fc.option(factText(name), { nil: undefined });

const helperMessage: fc.Arbitrary<HelperMessage> = fc.oneof(
  plain({
    kind: fc.constant("start" as const),
    version: u8,
    interactive: fc.boolean(),
    showsMessages: fc.boolean(),
    unattended: fc.boolean(),
    again: fc.boolean(),
    nonce,
    facts: plain({
      user: factText("user"),
      service: factText("service"),
      rhost: optional("rhost"),
      tty: optional("tty"),
      ruser: optional("ruser"),
      caller: u32,
      command: optional("command"),
      budget: u32,
      duoUser: optional("duoUser"),
      factor: optional("factor"),
    }),
  }),
  plain({ kind: fc.constant("answer" as const), given: fc.constant(true as const), text: text(0, ANSWER_MAX) }),
  fc.constant({ kind: "answer" as const, given: false as const }),
);

const shown = text(0, DISPLAY_MAX).map((value) => value.replaceAll(/(?![\n\t])\p{Cc}/gu, "x"));
const id = fc.string({ unit: fc.constantFrom(..."abcxyz019-"), minLength: 1, maxLength: TRANSACTION_MAX });
const daemonMessage: fc.Arbitrary<DaemonMessage> = fc.oneof(
  plain({ kind: fc.constant("welcome" as const), version: u8, transaction: id }),
  plain({ kind: fc.constantFrom("info" as const, "error" as const), text: shown }),
  plain({ kind: fc.constant("prompt" as const), echo: fc.boolean(), text: shown }),
  fc.constant({ kind: "keepalive" as const }),
  plain({
    kind: fc.constant("verdict" as const),
    verdict: fc.constantFrom(...(Object.keys(VERDICT_CODE) as (keyof typeof VERDICT_CODE)[])),
    nonce,
  }),
);

/** Bytes near a message: one of them with a byte changed, cut off or put in. */
const nearly = fc
  .tuple(
    fc.oneof(helperMessage.map(encodeHelperMessage), daemonMessage.map(encodeDaemonMessage)),
    fc.nat(),
    u8,
    fc.nat(3),
  )
  .map(([payload, at, byte, how]) => {
    const spot = at % payload.length;
    if (how === 0) return payload.subarray(0, spot);
    if (how === 1) return Buffer.concat([payload.subarray(0, spot), Buffer.from([byte]), payload.subarray(spot)]);
    const changed = Buffer.from(payload);
    changed[spot] = byte;
    return changed;
  });
const bytes = fc.oneof(
  nearly,
  fc.uint8Array({ maxLength: 120 }).map((raw) => Buffer.from(raw)),
);

const runs = { numRuns: 600 };

describe("messages", () => {
  it("of the helper come back as they were", () => {
    fc.assert(
      fc.property(helperMessage, (message) =>
        assert.deepEqual(decodeHelperMessage(encodeHelperMessage(message)), { ok: true, value: message }),
      ),
      runs,
    );
  });

  it("of the daemon come back as they were", () => {
    fc.assert(
      fc.property(daemonMessage, (message) =>
        assert.deepEqual(decodeDaemonMessage(encodeDaemonMessage(message)), { ok: true, value: message }),
      ),
      runs,
    );
  });

  it("are refused as values, whatever the bytes; what is taken encodes to something that is taken alike", () => {
    fc.assert(
      fc.property(bytes, (payload) => {
        const fromHelper = decodeHelperMessage(Buffer.from(payload));
        if (fromHelper.ok) assert.deepEqual(decodeHelperMessage(encodeHelperMessage(fromHelper.value)), fromHelper);
        const fromDaemon = decodeDaemonMessage(Buffer.from(payload));
        if (fromDaemon.ok) assert.deepEqual(encodeDaemonMessage(fromDaemon.value), payload);
      }),
      { numRuns: 3000 },
    );
  });

  it("are an allow for the exact code only", () => {
    fc.assert(
      fc.property(u32, nonce, (code, echo) => {
        const payload = Buffer.concat([Buffer.from([0x85, 0, 0, 0, 0]), echo]);
        payload.writeUInt32BE(code, 1);
        const decoded = decodeDaemonMessage(payload);
        const isAllow = decoded.ok && decoded.value.kind === "verdict" && decoded.value.verdict === "allow";
        assert.equal(isAllow, code === VERDICT_CODE.allow);
      }),
    );
  });

  it("have verdict codes that no flipped bit turns into allow", () => {
    const others = Object.values(VERDICT_CODE).filter((code) => code !== VERDICT_CODE.allow);
    for (const code of [0, 0xffffffff, ...others]) {
      const apart = (code ^ VERDICT_CODE.allow) >>> 0;
      assert.ok([...apart.toString(2)].filter((bit) => bit === "1").length >= 8, code.toString(16));
    }
  });
});
