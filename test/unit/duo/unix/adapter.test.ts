// The text-prompt contract of Duo Unix 2.2: what it is asked, parameter by parameter, what its answers mean, and where the
// code of a verified push goes.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { displayText } from "../../../../src/core/display-text.ts";
import { Secret } from "../../../../src/core/secret.ts";
import { authorization } from "../../../../src/duo/signature.ts";
import { failReply, okReply } from "../../../support/fake-transport.ts";
import { answering, choice, FACTORS, NONSENSE, PROMPT, passcode, replying } from "../dialect-bench.ts";

const who = { username: "alice", hostname: "wks01", ipaddr: "203.0.113.5" };
const prompt = { text: PROMPT, factors: FACTORS };
const verified = { text: "1. Duo Push\n\nOption: ", factors: { default: "verified_push1", "1": "verified_push1" } };
const pushinfo = [
  ["Server IP", "192.0.2.2"],
  ["Command", "echo hi"],
] as const;

describe("unix preauth", () => {
  for (const [failmode, word] of [
    ["safe", "open"],
    ["secure", "closed"],
  ] as const) {
    it(`asks for a text prompt and says failmode=${word}`, async () => {
      const bench = replying("unix", [okReply({ result: "deny", status_msg: "no" })], failmode);
      assert.deepEqual(await bench.preauth(), { kind: "deny", message: "no" });
      const asked = { ...who, text_prompt: "1", failmode: word, client_supports_verified_push: "1" };
      assert.deepEqual(bench.sent(), [["POST /auth/v2/preauth", asked]]);
    });
  }

  it("auth gives Duo's own menu", async () => {
    const preauth = await answering("unix", { result: "auth", prompt }).preauth();
    assert.ok(typeof preauth === "object" && preauth.kind === "auth");
    assert.deepEqual(
      [preauth.menu.serverPrompt, preauth.menu.options.length, preauth.verifiedPush],
      [PROMPT, 6, undefined],
    );
  });

  it("a push that is called verified is one, with or without a txid; a txid alone makes none", async () => {
    const bare = await answering("unix", { result: "auth", prompt: verified }).preauth();
    assert.ok(typeof bare === "object" && bare.kind === "auth");
    assert.deepEqual(bare.verifiedPush, { txid: undefined, code: undefined });
    const plain = await answering("unix", { result: "auth", prompt, txid: "t9" }).preauth();
    assert.ok(typeof plain === "object" && plain.kind === "auth");
    assert.equal(plain.verifiedPush, undefined);
  });

  it("auth with a txid is a verified push, whose code may come later", async () => {
    const base = { result: "auth", prompt: verified, txid: "t9" };
    const later = await answering("unix", base).preauth();
    assert.ok(typeof later === "object" && later.kind === "auth");
    assert.deepEqual(later.verifiedPush, { txid: "t9", code: undefined });
    const now = await answering("unix", { ...base, verification_code: "0376" }).preauth();
    assert.ok(typeof now === "object" && now.kind === "auth");
    assert.equal(now.verifiedPush?.code?.reveal(), "0376");
    assert.doesNotMatch(inspect(now, { depth: 9 }), /0376/);
  });

  it("enroll says what its prompt says, and an address only once", async () => {
    const enroll = { result: "enroll", status_msg: "Enroll", enroll_portal_url: "https://e.example/x" };
    const both = await answering("unix", { ...enroll, prompt: { text: "Go to https://e.example/x" } }).preauth();
    assert.deepEqual(both, { kind: "enroll", message: "Go to https://e.example/x", url: undefined });
    const other = await answering("unix", { ...enroll, prompt: { text: "Please enroll" } }).preauth();
    assert.deepEqual(other, { kind: "enroll", message: "Please enroll", url: "https://e.example/x" });
    const plain = await answering("unix", { ...enroll, prompt: 7 }).preauth();
    assert.deepEqual(plain, { kind: "enroll", message: "Enroll", url: "https://e.example/x" });
  });

  const nonsense = [...NONSENSE, { result: "auth" }, { result: "auth", prompt: { text: "x" } }];
  for (const response of [...nonsense, { result: "auth", prompt, txid: "a b" }, { result: "waiting" }]) {
    it(`${JSON.stringify(response)?.slice(0, 70)} is no answer`, async () => {
      assert.equal(await answering("unix", response).preauth(), "invalid-response");
    });
  }

  it("is signed with HMAC-SHA512, anew for each try", async () => {
    const bench = replying("unix", ["connection-lost", okReply({ result: "allow", status_msg: "" })]);
    await bench.preauth();
    const dates = bench.transport.requests.map(({ headers, body = "" }) => {
      const date = headers["date"] ?? "";
      const request = { date, method: "POST", host: "h", path: "/auth/v2/preauth", parameters: body } as const;
      assert.equal(headers["authorization"], authorization(request, "DI", new Secret("k")));
      return date;
    });
    assert.equal(new Set(dates).size, 2);
  });
});

describe("unix auth", () => {
  const cases = [
    ["push", choice("push", "push2"), { prompt: "push2", async: "1" }],
    [
      "verified push",
      choice("push", "verified_push1", { txid: "t9" }),
      { prompt: "verified_push1", async: "1", txid: "t9" },
    ],
    ["another push beside a verified one", choice("push", "push2", { txid: "t9" }), { prompt: "push2", async: "1" }],
    ["phone", choice("phone", "phone1"), { prompt: "phone1", async: "1" }],
    [
      "push with pairs, in their order",
      choice("push", "push1", { pushinfo }),
      { prompt: "push1", async: "1", pushinfo: "Server%20IP=192.0.2.2&Command=echo%20hi" },
    ],
  ] as const;
  for (const [name, chosen, wanted] of cases) {
    it(`${name}: goes out async, with exactly these parameters`, async () => {
      const bench = answering("unix", { txid: "tx-1" });
      assert.deepEqual(await bench.auth(chosen), { kind: "pending", txid: "tx-1" });
      assert.deepEqual(bench.sent(), [["POST /auth/v2/auth", { ...who, factor: "prompt", ...wanted }]]);
    });
  }

  it("sms and passcodes are answered at once", async () => {
    const answer = { result: "deny", status: "sent", status_msg: "New SMS passcodes sent" };
    const bench = answering("unix", answer);
    const state = { result: "deny", status: "sent", message: displayText(answer.status_msg), instruction: undefined };
    assert.deepEqual(await bench.auth(choice("sms", "sms1")), { kind: "final", state, txid: undefined });
    assert.deepEqual(await bench.auth(passcode), { kind: "final", state, txid: undefined });
    assert.deepEqual(bench.sent(), [
      ["POST /auth/v2/auth", { ...who, factor: "prompt", prompt: "sms1", async: "0" }],
      ["POST /auth/v2/auth", { ...who, factor: "prompt", prompt: "123456", async: "0" }],
    ]);
  });

  it("is one request, whatever happens to it", async () => {
    for (const answer of ["connection-lost", failReply(40105), failReply(50001)] as const) {
      const bench = replying("unix", [answer, okReply({ txid: "tx-1" })]);
      assert.equal(typeof (await bench.auth(choice("push", "push1"))), "string");
      assert.equal(bench.sent().length, 1);
    }
  });

  for (const response of NONSENSE) {
    it(`${JSON.stringify(response)} decides nothing`, async () => {
      assert.equal(await answering("unix", response).auth(passcode), "invalid-response");
      assert.equal(await answering("unix", response).auth(choice("push", "push1")), "invalid-response");
      assert.equal(await answering("unix", response).status(), "invalid-response");
    });
  }
});

describe("unix auth_status", () => {
  const waiting = (status_msg: string) =>
    answering("unix", { result: "waiting", status: "pushed", status_msg }).status();

  it("a text with a code is an instruction, and is nowhere else", async () => {
    const words = "Please enter verification code 376 into Duo Mobile...";
    const state = await waiting(words);
    assert.ok(typeof state === "object");
    assert.equal(state.instruction?.reveal(), words);
    assert.equal(state.message, "");
    assert.doesNotMatch(inspect(state), /376/);
    assert.doesNotMatch(JSON.stringify(state), /376/);
  });

  for (const words of [
    "Pushed a login request to your phone.",
    "Dialing XXX-XXX-1234...",
    "Pushed a login request to iOS (XXX-XXX-0100).",
    "Answered. Press '#' on your phone to log in.",
    "",
  ]) {
    it(`"${words}" is none`, async () => {
      const state = await waiting(words);
      assert.ok(typeof state === "object");
      assert.deepEqual([state.instruction, state.message], [undefined, words]);
    });
  }

  it("a text after the decision is for the user alone", async () => {
    const state = await answering("unix", { result: "deny", status_msg: "Wait 120 seconds" }).status();
    assert.deepEqual(state, { result: "deny", status: "", message: "Wait 120 seconds", instruction: undefined });
  });
});
