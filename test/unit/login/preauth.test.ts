// What preauth decides by itself, and what its failures mean under each failmode and in each phase.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { displayText } from "../../../src/core/display-text.ts";
import { type DuoFailureCode, failureClass } from "../../../src/core/failure.ts";
import { final } from "../../support/fake-duo.ts";
import { askFor, decided, play } from "./scene.ts";

describe("preauth", () => {
  it("allow lets in without a factor, and says nothing", async () => {
    const { verdictText, scene, record } = await play({ duo: { preauth: [decided("allow", "Bypass status")] } });
    assert.equal(verdictText, "allow duo-bypass");
    assert.deepEqual(scene.conversation.shown, []);
    assert.deepEqual([record.attempts, record.factorsSent, record.duoStatus], [1, 0, "Bypass status"]);
  });

  it("deny ends with Duo's words, or ours when there are none", async () => {
    const worded = await play({ duo: { preauth: [decided("deny", "Your account is disabled")] } });
    assert.deepEqual(
      [worded.verdictText, worded.scene.conversation.shown],
      ["deny duo-denied", [{ kind: "error", text: "Your account is disabled" }]],
    );
    const silent = await play({ duo: { preauth: [decided("deny", "  ")] } });
    assert.deepEqual(silent.scene.conversation.texts("error"), ["Access denied by Duo."]);
  });

  it("enroll shows the address and denies", async () => {
    const [message, url] = [displayText("Enroll please"), displayText("https://e.example/x")];
    const enrolled = await play({ duo: { preauth: [{ kind: "enroll", message, url }] } });
    assert.equal(enrolled.verdictText, "deny not-enrolled");
    assert.deepEqual(enrolled.scene.conversation.texts("error"), ["Enroll please", "https://e.example/x"]);
    const bare = await play({ duo: { preauth: [{ kind: "enroll", message: displayText(""), url: undefined }] } });
    assert.equal(bare.verdictText, "deny not-enrolled");
    assert.equal(bare.scene.conversation.texts("error").length, 1);
  });
});

const WORDS = { unavailable: /cannot be reached/, misconfigured: /not set up correctly/, deny: /failed/ } as const;
const codes: readonly (readonly [DuoFailureCode, string, string])[] = [
  ["connect-failed", "allow failmode-safe", "unavailable failmode-secure"],
  ["timeout", "allow failmode-safe", "unavailable failmode-secure"],
  ["rate-limited", "deny duo-refused", "deny duo-refused"],
  ["bad-keys", "misconfigured duo-keys", "misconfigured duo-keys"],
  ["bad-clock", "misconfigured duo-clock", "misconfigured duo-clock"],
  ["bad-request", "deny duo-refused", "deny duo-refused"],
  ["invalid-response", "deny duo-nonsense", "deny duo-nonsense"],
];

describe("a failure of preauth", () => {
  for (const [code, safe, secure] of codes) {
    for (const [failmode, wanted] of [
      ["safe", safe],
      ["secure", secure],
    ] as const) {
      it(`${code} (${failureClass(code)}) under failmode = ${failmode}: ${wanted}`, async () => {
        const { verdictText, verdict, scene, record } = await play({ duo: { preauth: [code] }, policy: { failmode } });
        assert.equal(verdictText, wanted);
        assert.equal(record.failure?.code, code);
        const errors = scene.conversation.texts("error").join();
        if (verdict.kind === "allow") assert.equal(errors, "");
        else assert.match(errors, WORDS[verdict.kind as keyof typeof WORDS]);
        assert.doesNotMatch(JSON.stringify(scene.conversation.shown), /scripted/);
      });
    }
  }

  it("cannot let in any more once a factor was sent: attempt 2 under failmode = safe", async () => {
    const { verdictText, scene, record } = await play({
      policy: { failmode: "safe" },
      replies: ["123456"],
      duo: { preauth: [askFor(), "connect-failed"], auth: [final("deny", "deny", "Incorrect passcode")] },
    });
    assert.equal(verdictText, "unavailable outage-after-factor");
    assert.deepEqual([record.factorsSent, record.failure?.code], [1, "connect-failed"]);
    assert.equal(scene.duo.count("preauth"), 2);
  });

  it("cannot let in once preauth has asked for a factor, though none was sent: attempt 2 under failmode = safe", async () => {
    const { verdictText } = await play({
      policy: { failmode: "safe" },
      replies: ["nonsense"],
      duo: { preauth: [askFor(), "connect-failed"] },
    });
    assert.equal(verdictText, "unavailable outage-after-factor");
  });

  it("cannot let in while the factor itself is sent: auth under failmode = safe", async () => {
    for (const code of ["connect-failed", "timeout", "connection-lost", "server-error"] as const) {
      const { verdictText } = await play({
        policy: { failmode: "safe" },
        replies: ["1"],
        duo: { preauth: [askFor()], auth: [code] },
      });
      assert.equal(verdictText, "unavailable outage-after-factor", code);
    }
  });
});
