// Any JSON at all as Duo's answer: the adapter never throws, and nothing but the exact word lets anybody in. fast-check
// prints the seed of a failure.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { displayText } from "../../src/core/display-text.ts";
import { Secret } from "../../src/core/secret.ts";
import { Client } from "../../src/duo/client.ts";
import { ClockOffset } from "../../src/duo/clock-offset.ts";
import { createV2Api } from "../../src/duo/v2/adapter.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { FakeTransport, reply } from "../support/fake-transport.ts";

const live = new AbortController().signal;
const subject = { username: "alice", ipaddr: undefined, hostname: "h" };

const word = fc.constantFrom("allow", "deny", "auth", "enroll", "waiting", "ALLOW", "allow ", "", "bypass", "timeout");
const text = fc.oneof(word, fc.string({ unit: "binary", maxLength: 30 }), fc.constantFrom("__proto__", "\x1b[0m"));
const anything = fc.oneof(text, fc.jsonValue({ maxDepth: 3 }));
const capability = fc.oneof(fc.constantFrom("push", "phone", "sms", "auto"), anything);
const device = fc.oneof(
  anything,
  fc.record({
    device: anything,
    type: anything,
    number: anything,
    capabilities: fc.array(capability, { maxLength: 5 }),
  }),
);
/** Responses near what Duo says, each field replaced now and then by anything. */
const response = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.record(
    {
      result: fc.oneof(word, anything),
      status: anything,
      status_msg: anything,
      devices: fc.oneof(fc.array(device, { maxLength: 5 }), anything),
      txid: anything,
      verification_code: fc.oneof(fc.constantFrom("376", "12"), anything),
      enroll_portal_url: anything,
      trusted_device_token: anything,
    },
    { requiredKeys: [] },
  ),
);

function api(value: unknown) {
  const transport = new FakeTransport([reply(200, { stat: "OK", response: value })]);
  const parts = { transport, clock: new FakeClock(), offset: new ClockOffset(), random: () => 0 };
  const settings = { ikey: "DI", skey: new Secret("k"), host: "h", userAgent: "t" };
  return createV2Api(new Client(settings, { ...parts, synchronise: () => Promise.resolve(false) }));
}

const resultOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "result" in value ? value.result : undefined;

const textOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "status_msg" in value ? value.status_msg : undefined;

describe("the v2 adapter", () => {
  it("reads any preauth answer; allow only for the word allow", async () => {
    await fc.assert(
      fc.asyncProperty(response, async (value) => {
        const preauth = await api(value).preauth(subject, live);
        if (!preauth.ok) assert.equal(preauth.error.code, "invalid-response");
        else assert.equal(preauth.value.kind, resultOf(value));
        if (preauth.ok && preauth.value.kind === "allow") assert.equal(typeof textOf(value), "string");
        if (!preauth.ok || preauth.value.kind !== "auth") return;
        const { menu } = preauth.value;
        assert.ok(menu.preferred === undefined || menu.options.includes(menu.preferred));
        assert.equal(new Set(menu.options.map(({ name }) => name)).size, menu.options.length);
        for (const { label } of menu.options) assert.doesNotMatch(label, /[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
      { numRuns: 600 },
    );
  });

  it("reads any auth and auth_status answer; allow only for the word allow", async () => {
    const passcode = { kind: "passcode", passcode: new Secret("123456") } as const;
    await fc.assert(
      fc.asyncProperty(response, async (value) => {
        const status = await api(value).authStatus("tx-1", live);
        if (status.ok) assert.equal(status.value.result, resultOf(value));
        if (status.ok && status.value.result === "allow") assert.equal(typeof textOf(value), "string");
        const auth = await api(value).auth(subject, passcode, live);
        assert.equal(auth.ok, status.ok);
        if (auth.ok) assert.ok(auth.value.kind === "final" && auth.value.state.result === resultOf(value));
      }),
      { numRuns: 400 },
    );
  });

  it("takes no decision from the answer to an asynchronous push", async () => {
    const label = displayText("x");
    const option = { name: "push1", kind: "push", label, target: "DP1" } as const;
    const push = { kind: "option", option, txid: undefined, pushinfo: [] } as const;
    await fc.assert(
      fc.asyncProperty(response, async (value) => {
        const auth = await api(value).auth(subject, push, live);
        if (auth.ok) assert.equal(auth.value.kind, "pending");
      }),
    );
  });
});
