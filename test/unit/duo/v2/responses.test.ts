// What Auth API v2 answers, taken apart: good answers, answers with too much, and those that must not count.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { displayText } from "../../../../src/core/display-text.ts";
import { Secret } from "../../../../src/core/secret.ts";
import type { FactorChoice, FactorKind, Preauth } from "../../../../src/duo/api.ts";
import { answering, live, subject } from "./bench.ts";

const phone = { device: "DP1", type: "phone", capabilities: ["push"] };
const passcode: FactorChoice = { kind: "passcode", passcode: new Secret("123456") };

function option(kind: FactorKind): FactorChoice {
  const chosen = { name: `${kind}1`, kind, label: displayText("x"), target: "DP1" };
  return { kind: "option", option: chosen, txid: undefined, pushinfo: [] };
}

async function preauth(response: unknown): Promise<Preauth | string> {
  const result = await answering(response).api.preauth(subject, live);
  return result.ok ? result.value : result.error.code;
}

async function auth(choice: FactorChoice, response: unknown): Promise<unknown> {
  const result = await answering(response).api.auth(subject, choice, live);
  return result.ok ? result.value : result.error.code;
}

async function status(response: unknown): Promise<unknown> {
  const result = await answering(response).api.authStatus("tx-1", live);
  return result.ok ? result.value : result.error.code;
}

describe("preauth's answer", () => {
  it("allow and deny, with Duo's text made safe and extra fields ignored", async () => {
    const answer = { result: "allow", status_msg: "Hi\x1b[2J", devices: "?", new_field: [1] };
    assert.deepEqual(await preauth(answer), { kind: "allow", message: "Hi?[2J" });
    assert.deepEqual(await preauth({ result: "deny", status_msg: 7 }), { kind: "deny", message: "" });
  });

  it("enroll, with and without an address", async () => {
    const enroll = { result: "enroll", status_msg: "Enroll", enroll_portal_url: "https://e.example/\u202ex" };
    assert.deepEqual(await preauth(enroll), { kind: "enroll", message: "Enroll", url: "https://e.example/?x" });
    for (const url of [undefined, 7, null]) {
      const answer = await preauth({ result: "enroll", enroll_portal_url: url });
      assert.deepEqual(answer, { kind: "enroll", message: "", url: undefined });
    }
  });

  it("auth, with an ordinary menu", async () => {
    const answer = await preauth({ result: "auth", status_msg: "x", devices: [phone], extra: 1 });
    assert.ok(typeof answer === "object" && answer.kind === "auth");
    assert.deepEqual([answer.menu.options.length, answer.verifiedPush], [1, undefined]);
  });

  it("auth with a verified push needs the transaction and the code", async () => {
    const base = { result: "auth", status_msg: "", devices: [phone] };
    const answer = await preauth({ ...base, txid: "t9", verification_code: "0376", expiration: 1 });
    assert.ok(typeof answer === "object" && answer.kind === "auth");
    assert.equal(answer.verifiedPush?.txid, "t9");
    assert.equal(answer.verifiedPush?.code?.reveal(), "0376");
    assert.doesNotMatch(JSON.stringify(answer), /0376/);
    for (const half of [{ txid: "t9" }, { verification_code: "376" }]) {
      const other = await preauth({ ...base, ...half });
      assert.ok(typeof other === "object" && other.kind === "auth" && other.verifiedPush === undefined);
    }
  });

  const bad: readonly unknown[] = [
    undefined,
    null,
    "allow",
    ["allow"],
    {},
    { result: "ALLOW", status_msg: "" },
    { result: "allow ", status_msg: "" },
    { result: ["allow"], status_msg: "" },
    { result: { toString: "allow" }, status_msg: "" },
    { result: true, status_msg: "" },
    { result: "waiting", status_msg: "" },
    { result: "unknown", status_msg: "" },
    { result: "auth", devices: "none" },
    { result: "auth", devices: [{ type: "phone" }] },
    { result: "auth", devices: [7] },
    { result: "auth", devices: [], verification_code: "12a" },
    { result: "auth", devices: [], verification_code: 123 },
    { result: "auth", devices: [], txid: "" },
    { result: "auth", devices: [], txid: "\ud800" },
    { result: "auth", devices: [{ device: "\ud800", type: "phone", capabilities: ["push"] }] },
    { result: "auth", devices: [{ device: "D P", type: "phone", capabilities: ["push"] }] },
    { result: "auth", devices: Array.from({ length: 101 }, () => phone) },
  ];
  for (const response of bad) {
    it(`${JSON.stringify(response)?.slice(0, 80)} is no answer`, async () => {
      assert.equal(await preauth(response), "invalid-response");
    });
  }
});

describe("auth's answer", () => {
  it("is pending for push and phone", async () => {
    for (const kind of ["push", "phone"] as const) {
      assert.deepEqual(await auth(option(kind), { txid: "tx-1", more: 1 }), { kind: "pending", txid: "tx-1" });
    }
  });

  it("is final for a passcode and for SMS", async () => {
    const state = { result: "deny", status: "sent", message: "New codes" };
    const response = { result: "deny", status: "sent", status_msg: "New codes", trusted_device_token: 7 };
    for (const choice of [option("sms"), passcode]) {
      assert.deepEqual(await auth(choice, response), { kind: "final", state, txid: undefined });
    }
  });

  it("hands a remembered device's token on as a secret, or not at all", async () => {
    const tokenOf = async (token: unknown) => {
      const response = { result: "allow", status: "allow", status_msg: "", trusted_device_token: token };
      const reply = await answering(response).api.auth(subject, passcode, live);
      assert.ok(reply.ok && reply.value.kind === "final");
      return reply.value.state.trustedDeviceToken?.reveal();
    };
    assert.equal(await tokenOf("abc||1||def"), "abc||1||def");
    for (const token of ["", "a b", "\n", 7, null, "x".repeat(4097)]) assert.equal(await tokenOf(token), undefined);
  });

  it("does not take a decision where a transaction was asked for, nor the reverse", async () => {
    const allow = { result: "allow", status: "allow", status_msg: "" };
    assert.equal(await auth(option("push"), allow), "invalid-response");
    assert.equal(await auth(passcode, { txid: "tx-1" }), "invalid-response");
    for (const txid of [undefined, null, 7, "", {}, "\ud800", "a\nb"])
      assert.equal(await auth(option("push"), { txid }), "invalid-response");
  });
});

describe("auth_status' answer", () => {
  it("keeps a status that nobody has heard of, and does not trip over missing texts", async () => {
    const answer = await status({ result: "waiting", status: "teleported", auth_delayed: false });
    assert.deepEqual(answer, { result: "waiting", status: "teleported", message: "" });
    assert.deepEqual(await status({ result: "deny", status: 7, status_msg: [] }), {
      result: "deny",
      status: "",
      message: "",
    });
  });

  it("takes result at its word and nothing else", async () => {
    assert.deepEqual(await status({ result: "deny", status: "allow", status_msg: "Success" }), {
      result: "deny",
      status: "allow",
      message: "Success",
    });
    for (const result of ["Allow", "allow\n", "", 1, true, null, undefined, ["allow"], { allow: true }, "bypass"]) {
      assert.equal(
        await status({ result, status: "allow", status_msg: "" }),
        "invalid-response",
        JSON.stringify(result),
      );
    }
  });
});
