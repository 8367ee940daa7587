// Auth API v1: what it is asked, parameter by parameter, and what its answers mean.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { displayText } from "../../../../src/core/display-text.ts";
import { Secret } from "../../../../src/core/secret.ts";
import { authorization } from "../../../../src/duo/signature.ts";
import { checkV1 } from "../../../../src/duo/v1/check.ts";
import { failReply, okReply } from "../../../support/fake-transport.ts";
import { answering, choice, FACTORS, live, NONSENSE, PROMPT, passcode, replying } from "../dialect-bench.ts";

const who = { user: "alice", hostname: "wks01", ipaddr: "203.0.113.5" };
const pushinfo = [
  ["Service", "sudo"],
  ["Command", "rm -rf a&b=c"],
] as const;

describe("v1 preauth", () => {
  it("names the user, the machine and the address, and nothing of v2", async () => {
    const bench = answering("v1", { result: "deny", status: "no" });
    assert.deepEqual(await bench.preauth(), { kind: "deny", message: "no" });
    assert.deepEqual(bench.sent(), [["POST /rest/v1/preauth", who]]);
  });

  it("auth gives Duo's own menu and never a verified push", async () => {
    const preauth = await answering("v1", { result: "auth", prompt: PROMPT, factors: FACTORS, txid: "t" }).preauth();
    assert.ok(typeof preauth === "object" && preauth.kind === "auth");
    assert.deepEqual(
      [preauth.menu.serverPrompt, preauth.menu.options.length, preauth.verifiedPush],
      [PROMPT, 6, undefined],
    );
  });

  it("allow and enroll, with the text made safe", async () => {
    const allow = await answering("v1", { result: "allow", status: "Hi\x1b[2J" }).preauth();
    assert.deepEqual(allow, { kind: "allow", message: "Hi?[2J" });
    const enroll = await answering("v1", { result: "enroll", status: "Enroll at https://e.example/x" }).preauth();
    assert.deepEqual(enroll, { kind: "enroll", message: "Enroll at https://e.example/x", url: undefined });
  });

  const nonsense = [...NONSENSE, { result: "auth", prompt: "x" }, { result: "auth", factors: { "1": 1 } }];
  for (const response of nonsense) {
    it(`${JSON.stringify(response)} is no answer`, async () => {
      assert.equal(await answering("v1", response).preauth(), "invalid-response");
    });
  }

  it("is signed with HMAC-SHA1, anew for each try", async () => {
    const bench = replying("v1", ["connection-lost", okReply({ result: "allow", status: "" })]);
    await bench.preauth();
    const parameters = "hostname=wks01&ipaddr=203.0.113.5&user=alice";
    const [first, second] = bench.transport.requests.map(({ headers }) => {
      const date = headers["date"] ?? "";
      const request = { date, method: "POST", host: "h", path: "/rest/v1/preauth", parameters } as const;
      assert.equal(headers["authorization"], authorization(request, "DI", new Secret("k"), "sha1"));
      return date;
    });
    assert.notEqual(first, second);
  });
});

describe("v1 auth", () => {
  const pending = { kind: "pending", txid: "tx-1" };
  const cases = [
    ["push", choice("push", "push2"), { factor: "auto", auto: "push2", async: "1" }],
    [
      "push with pairs, in their order",
      choice("push", "push1", { pushinfo }),
      { factor: "auto", auto: "push1", async: "1", pushinfo: "Service=sudo&Command=rm%20-rf%20a%26b%3Dc" },
    ],
    ["phone", choice("phone", "phone1", { pushinfo }), { factor: "auto", auto: "phone1", async: "1" }],
  ] as const;
  for (const [name, chosen, wanted] of cases) {
    it(`${name}: goes out async, with exactly these parameters`, async () => {
      const bench = answering("v1", { txid: "tx-1" });
      assert.deepEqual(await bench.auth(chosen), pending);
      assert.deepEqual(bench.sent(), [["POST /rest/v1/auth", { ...who, ...wanted }]]);
    });
  }

  it("sms is answered at once: denied means sent", async () => {
    const bench = answering("v1", { result: "deny", status: "New SMS passcodes sent" });
    const state = { result: "deny", status: "sent", message: displayText("New SMS passcodes sent") };
    assert.deepEqual(await bench.auth(choice("sms", "sms1")), { kind: "final", state, txid: undefined });
    assert.deepEqual(bench.sent(), [["POST /rest/v1/auth", { ...who, factor: "auto", auto: "sms1" }]]);
  });

  it("a passcode is a passcode, whatever it looks like, and its denial has no word", async () => {
    const bench = answering("v1", { result: "deny", status: "Incorrect passcode" }, { result: "allow", status: "" });
    const state = { result: "deny", status: "", message: displayText("Incorrect passcode") };
    assert.deepEqual(await bench.auth(passcode), { kind: "final", state, txid: undefined });
    assert.deepEqual(bench.sent(), [["POST /rest/v1/auth", { ...who, factor: "passcode", code: "123456" }]]);
    const allowed = { result: "allow", status: "", message: displayText("") };
    assert.deepEqual(await bench.auth(passcode), { kind: "final", state: allowed, txid: undefined });
  });

  it("is one request, whatever happens to it", async () => {
    for (const answer of ["connection-lost", failReply(40105), failReply(50001)] as const) {
      const bench = replying("v1", [answer, okReply({ txid: "tx-1" })]);
      assert.equal(typeof (await bench.auth(choice("push", "push1"))), "string");
      assert.equal(bench.sent().length, 1);
    }
  });

  for (const response of NONSENSE) {
    it(`${JSON.stringify(response)} decides nothing`, async () => {
      assert.equal(await answering("v1", response).auth(passcode), "invalid-response");
      assert.equal(await answering("v1", response).auth(choice("push", "push1")), "invalid-response");
    });
  }

  it("an allow in the place of a txid is none", async () => {
    const answer = answering("v1", { result: "allow", status: "" }).auth(choice("push", "push1"));
    assert.equal(await answer, "invalid-response");
  });
});

describe("v1 status", () => {
  it("waits while there is no result", async () => {
    const bench = answering("v1", { status: "Pushed a login request..." }, { status: "Success.", result: "allow" });
    assert.deepEqual(await bench.status(), { result: "waiting", status: "", message: "Pushed a login request..." });
    assert.deepEqual(await bench.status(), { result: "allow", status: "", message: "Success." });
    assert.deepEqual(bench.sent()[0], ["GET /rest/v1/status", { txid: "tx-1" }]);
  });

  for (const response of NONSENSE.filter((one) => JSON.stringify(one) !== "{}")) {
    it(`${JSON.stringify(response)} is no state`, async () => {
      assert.equal(await answering("v1", response).status(), "invalid-response");
    });
  }

  it("an empty object only waits", async () => {
    assert.deepEqual(await answering("v1", {}).status(), { result: "waiting", status: "", message: "" });
  });
});

describe("v1 check", () => {
  it("is well when Duo says valid", async () => {
    const bench = answering("v1", "valid");
    assert.deepEqual(await checkV1(bench.client, live), { ok: true, value: undefined });
    assert.deepEqual(bench.sent(), [["GET /rest/v1/check", {}]]);
    for (const response of ["invalid", true, { time: 1 }]) {
      const strange = await checkV1(answering("v1", response).client, live);
      assert.ok(!strange.ok && strange.error.code === "invalid-response");
    }
    const refused = await checkV1(replying("v1", [failReply(40103)]).client, live);
    assert.ok(!refused.ok && refused.error.code === "bad-signature");
  });
});
