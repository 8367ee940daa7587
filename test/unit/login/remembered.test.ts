// A remembered device in the flow: its token is presented at preauth, kept after an allow, and forgotten at the first doubt.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { Secret } from "../../../src/core/secret.ts";
import { TrustedDevices } from "../../../src/login/trusted-devices.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { final, state } from "../../support/fake-duo.ts";
import { askFor, decided, play } from "./scene.ts";

const RHOST = "203.0.113.5";
const HOLDER = { username: "alice", ipaddr: RHOST, ikey: "DI1" } as const;
const TOKEN = "YWJj||1||0123456789abcdef0123456789abcdef01234567";

function remembering() {
  const clock = new FakeClock();
  return { clock, devices: new TrustedDevices(clock) };
}

const approvedWithToken = {
  kind: "final",
  txid: undefined,
  state: { ...state("allow", "allow"), trustedDeviceToken: new Secret(TOKEN) },
} as const;

function presented(calls: readonly { readonly stage: string; readonly token?: string }[]): readonly unknown[] {
  return calls.flatMap((call) => (call.stage === "preauth" ? [call.token] : []));
}

describe("a remembered device", () => {
  it("is kept after an allow, and presented at the next login from the same address", async () => {
    const memory = remembering();
    const facts = { rhost: RHOST };
    const first = await play({
      ...memory,
      facts,
      replies: ["123456"],
      duo: { preauth: [askFor()], auth: [approvedWithToken] },
    });
    assert.equal(first.verdictText, "allow duo-approved");
    assert.deepEqual(presented(first.scene.duo.calls), [undefined]);
    assert.doesNotMatch(inspect(first.record, { depth: 9 }), /0123456789abcdef/);
    const second = await play({ ...memory, facts, duo: { preauth: [decided("allow", "Remembered")] } });
    assert.equal(second.verdictText, "allow duo-bypass");
    assert.deepEqual(presented(second.scene.duo.calls), [TOKEN]);
    const elsewhere = await play({
      ...memory,
      facts: { rhost: "203.0.113.6" },
      duo: { preauth: [decided("allow", "")] },
    });
    assert.deepEqual(presented(elsewhere.scene.duo.calls), [undefined]);
  });

  it("is forgotten when it did not spare the factor", async () => {
    const memory = remembering();
    memory.devices.keep(HOLDER, new Secret(TOKEN));
    const duo = { preauth: [askFor()], auth: [final("allow", "allow")] };
    const login = await play({ ...memory, facts: { rhost: RHOST }, replies: ["123456"], duo });
    assert.deepEqual(presented(login.scene.duo.calls), [TOKEN]);
    assert.equal(memory.devices.size, 0);
  });

  it("is forgotten when a factor is refused, though another login had it kept meanwhile", async () => {
    for (const status of ["deny", "fraud", "locked_out"]) {
      const memory = remembering();
      const onPrompt = () => memory.devices.keep(HOLDER, new Secret(TOKEN));
      const duo = { preauth: [askFor()], auth: [final("deny", status)] };
      await play({ ...memory, facts: { rhost: RHOST }, policy: { prompts: 1 }, replies: ["123456"], onPrompt, duo });
      assert.equal(memory.devices.size, 0, status);
    }
  });

  it("is forgotten when a factor is refused, and when preauth denies", async () => {
    for (const duo of [{ preauth: [askFor()], auth: [final("deny", "fraud")] }, { preauth: [decided("deny", "no")] }]) {
      const memory = remembering();
      memory.devices.keep(HOLDER, new Secret(TOKEN));
      await play({ ...memory, facts: { rhost: RHOST }, replies: "auth" in duo ? ["123456"] : [], duo });
      assert.equal(memory.devices.size, 0);
    }
  });
});
