// What Auth API v2 is asked, parameter by parameter. What it answers is held by responses.test.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { displayText } from "../../../../src/core/display-text.ts";
import { Secret } from "../../../../src/core/secret.ts";
import type { FactorChoice, FactorKind } from "../../../../src/duo/api.ts";
import { check } from "../../../../src/duo/v2/check.ts";
import { failReply, okReply } from "../../../support/fake-transport.ts";
import { answering, live, replying, subject } from "./bench.ts";

function choice(kind: FactorKind, more: { txid?: string; pushinfo?: readonly [string, string][] } = {}): FactorChoice {
  const option = { name: `${kind}1`, kind, label: displayText("x"), target: "DPONE" };
  return { kind: "option", option, txid: more.txid, pushinfo: more.pushinfo ?? [] };
}

const who = { username: "alice", hostname: "wks01", ipaddr: "203.0.113.5" };
const pushed = { txid: "tx-1" };
const decided = { result: "deny", status: "sent", status_msg: "New SMS passcodes sent." };
const info: readonly [string, string][] = [
  ["Service", "sudo"],
  ["Command", "rm -rf a&b=c"],
];

const factors: readonly (readonly [string, FactorChoice, unknown, Readonly<Record<string, string>>])[] = [
  ["push", choice("push"), pushed, { factor: "push", device: "DPONE", async: "1" }],
  [
    "verified push",
    choice("push", { txid: "t9" }),
    pushed,
    { factor: "push", device: "DPONE", async: "1", txid: "t9" },
  ],
  [
    "push with pairs, encoded twice",
    choice("push", { pushinfo: info }),
    pushed,
    { factor: "push", device: "DPONE", async: "1", pushinfo: "Command=rm%20-rf%20a%26b%3Dc&Service=sudo" },
  ],
  ["phone", choice("phone", { pushinfo: info }), pushed, { factor: "phone", device: "DPONE", async: "1" }],
  ["sms", choice("sms", { pushinfo: info }), decided, { factor: "sms", device: "DPONE" }],
  [
    "passcode",
    { kind: "passcode", passcode: new Secret("123456") },
    { result: "allow", status: "allow", status_msg: "" },
    { factor: "passcode", passcode: "123456" },
  ],
];

describe("auth", () => {
  for (const [name, chosen, response, wanted] of factors) {
    it(`${name}: exactly these parameters`, async () => {
      const { api, sent } = answering(response);
      assert.equal((await api.auth(subject, chosen, live)).ok, true);
      assert.deepEqual(sent(), [{ method: "POST", path: "/auth/v2/auth", parameters: { ...who, ...wanted } }]);
    });
  }

  it("leaves the address out when none is known", async () => {
    const { api, sent } = answering(pushed);
    await api.auth({ ...subject, ipaddr: undefined }, choice("push"), live);
    assert.equal("ipaddr" in (sent()[0]?.parameters ?? {}), false);
  });

  it("is one request, even when Duo cannot be reached or the clock is wrong", async () => {
    for (const answer of ["connection-lost", failReply(40105), failReply(50001)] as const) {
      const { api, sent } = replying([answer, okReply(pushed)]);
      assert.equal((await api.auth(subject, choice("push"), live)).ok, false);
      assert.equal(sent().length, 1);
    }
  });
});

describe("preauth", () => {
  it("says that a verified push can be shown", async () => {
    const { api, sent } = answering({ result: "deny", status_msg: "no" });
    await api.preauth(subject, live);
    const parameters = { ...who, client_supports_verified_push: "1" };
    assert.deepEqual(sent(), [{ method: "POST", path: "/auth/v2/preauth", parameters }]);
  });

  it("is repeated after a lost connection", async () => {
    const { api, sent } = replying(["connection-lost", okReply({ result: "deny", status_msg: "no" })]);
    assert.equal((await api.preauth(subject, live)).ok, true);
    assert.equal(sent().length, 2);
  });
});

describe("auth_status", () => {
  it("asks for the txid", async () => {
    const { api, sent } = answering({ result: "waiting", status: "pushed", status_msg: "" });
    await api.authStatus("tx-1", live);
    assert.deepEqual(sent(), [{ method: "GET", path: "/auth/v2/auth_status", parameters: { txid: "tx-1" } }]);
  });
});

describe("check", () => {
  it("is a signed GET, well when Duo says its time", async () => {
    const { client, sent } = answering({ time: 1 });
    assert.deepEqual(await check(client, live), { ok: true, value: undefined });
    assert.deepEqual(sent(), [{ method: "GET", path: "/auth/v2/check", parameters: {} }]);
    const refused = await check(replying([failReply(40103)]).client, live);
    assert.ok(!refused.ok && refused.error.code === "bad-signature");
    const strange = await check(answering("valid").client, live);
    assert.ok(!strange.ok && strange.error.code === "invalid-response");
  });
});
