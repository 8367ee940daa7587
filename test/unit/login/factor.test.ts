// A factor from auth to its end: polling, its spacing and its limit, what is shown on the way, and how each end counts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AuthState } from "../../../src/duo/api.ts";
import { FACTOR_LIFETIME_MS } from "../../../src/login/factor-call.ts";
import { POLL_SPACING_MS } from "../../../src/login/push-polls.ts";
import { final, PENDING, state } from "../../support/fake-duo.ts";
import { askFor, option, play, Scene } from "./scene.ts";

const pushed = state("waiting", "pushed", "Pushed a login request to your phone...");
const approved = state("allow", "allow", "Success. Logging you in...");
const push = (...authStatus: readonly (AuthState | "hang" | "connection-lost" | "bad-request")[]) => ({
  preauth: [askFor()],
  auth: [PENDING, PENDING],
  authStatus,
});

describe("a push", () => {
  it("is followed until Duo has decided, each new status shown once", async () => {
    const { verdictText, scene, record } = await play({ replies: ["1"], duo: push(pushed, pushed, approved) });
    assert.equal(verdictText, "allow duo-approved");
    assert.deepEqual(scene.conversation.texts("info"), [pushed.message, approved.message]);
    assert.deepEqual(
      [record.factor, record.duoTxid, record.duoStatus, record.pushes, record.factorsSent],
      ["push", "tx-1", "allow", 1, 1],
    );
    assert.ok(scene.duo.calls.every((call) => call.stage !== "auth_status" || call.txid === "tx-1"));
  });

  it("shows sshd nothing on the way: it would come too late", async () => {
    const duo = push(pushed, approved);
    const { scene } = await play({ facts: { service: "sshd" }, replies: ["1"], duo });
    assert.deepEqual(scene.conversation.texts("info"), [approved.message]);
  });

  it("that Duo keeps waiting on for ever ends after its lifetime, asked no more than once a second", async () => {
    const { verdictText, scene, record } = await play({
      policy: { prompts: 1 },
      replies: ["1"],
      duo: push(state("waiting", "pushed")),
    });
    assert.equal(verdictText, "max-tries prompts-used-up");
    assert.match(scene.conversation.texts("error")[0] ?? "", /no answer in time/);
    const polls = scene.duo.count("auth_status");
    assert.ok(polls <= FACTOR_LIFETIME_MS / POLL_SPACING_MS + 5, `${polls} polls`);
    assert.ok(polls > 10);
    assert.equal(record.pushes, 1);
  });

  it("is polled at once after a poll that Duo itself held", async () => {
    const scene: Scene = new Scene({
      replies: ["1"],
      duo: {
        ...push(state("waiting", "pushed"), state("waiting", "pushed"), approved),
        // Duo's long poll takes its time.
        onCall: (stage) => stage === "auth_status" && scene.clock.advance(2000),
      },
    });
    const from = scene.clock.now();
    await scene.end();
    assert.equal(scene.clock.now() - from, 6000);
  });

  for (const result of ["waiting", "deny"] as const) {
    it(`that timed out (${result}) is over: the menu comes again, and nothing is pushed by itself`, async () => {
      const { verdictText, scene, record } = await play({
        replies: ["1", "123456"],
        duo: {
          preauth: [askFor()],
          auth: [PENDING, final("allow", "allow")],
          authStatus: [pushed, state(result, "timeout", result === "deny" ? "Login timed out." : "")],
        },
      });
      assert.deepEqual([verdictText, record.pushes, scene.duo.count("auth_status")], ["allow duo-approved", 1, 2]);
      assert.match(scene.conversation.texts("prompt")[1] ?? "", /^(Login timed out\.|There was no answer in time\.)\n/);
    });
  }

  it("that was refused leads to the menu with Duo's words, and no second push", async () => {
    const denied = state("deny", "deny", "Login request denied.");
    const { verdictText, record } = await play({
      replies: ["1", { cancelled: "user-cancelled" }],
      duo: push(denied),
    });
    assert.deepEqual([verdictText, record.pushes], ["max-tries cancelled-after-refusal", 1]);
  });

  for (const [status, verdict, words] of [
    ["fraud", "deny fraud-reported", /fraudulent/],
    ["locked_out", "deny locked-out", /locked out/],
  ] as const) {
    it(`that ends with ${status} ends the login`, async () => {
      const { verdictText, scene } = await play({ replies: ["1"], duo: push(state("deny", status)) });
      assert.equal(verdictText, verdict);
      assert.match(scene.conversation.texts("error").join(), words);
      assert.equal(scene.conversation.texts("prompt").length, 1);
    });
  }

  for (const failmode of ["safe", "secure"] as const) {
    it(`whose poll fails is unavailable under failmode = ${failmode}`, async () => {
      const { verdictText, record } = await play({
        policy: { failmode },
        replies: ["1"],
        duo: push(pushed, "connection-lost"),
      });
      assert.deepEqual([verdictText, record.failure?.code], ["unavailable outage-after-factor", "connection-lost"]);
    });
  }

  it("whose transaction Duo has forgotten is refused", async () => {
    const { verdictText } = await play({ replies: ["1"], duo: push("bad-request") });
    assert.equal(verdictText, "deny duo-refused");
  });

  it("that Duo cannot use for this login leads to the menu", async () => {
    const duo = { preauth: [askFor()], auth: ["bad-request" as const, final("allow", "allow")] };
    const { verdictText, scene, record } = await play({ replies: ["1", "123456"], duo });
    assert.match(scene.conversation.texts("prompt")[1] ?? "", /could not use that factor/);
    // The failure of an attempt that was made good again is not the login's.
    assert.deepEqual([verdictText, record.failure], ["allow duo-approved", undefined]);
  });

  it("whose status changes back and forth is not polled without a pause", async () => {
    const statuses = Array.from({ length: 400 }, (_, i) => state("waiting", i % 2 === 0 ? "pushed" : "calling"));
    const { scene } = await play({ policy: { prompts: 1 }, replies: ["1"], duo: push(...statuses) });
    assert.ok(scene.duo.count("auth_status") <= FACTOR_LIFETIME_MS / POLL_SPACING_MS + 5);
  });

  it("leaves nothing in the record of a later factor", async () => {
    const duo = {
      preauth: [askFor()],
      auth: [PENDING, "timeout" as const],
      authStatus: [state("deny", "timeout", "t")],
    };
    const { record } = await play({ replies: ["1", "123456"], duo });
    assert.deepEqual([record.factor, record.duoTxid, record.duoStatus], ["passcode", undefined, undefined]);
  });

  it("that was refused is not sent again by Enter alone", async () => {
    const duo = push(state("deny", "deny", "Login request denied."));
    const { verdictText, scene, record } = await play({ replies: ["1", "", ""], duo });
    assert.deepEqual([verdictText, record.pushes], ["max-tries prompts-used-up", 1]);
    assert.doesNotMatch(scene.conversation.texts("prompt")[1] ?? "", /\[Enter\]/);
  });

  it("is allowed for the result alone, not for a status", async () => {
    const { verdictText } = await play({
      policy: { prompts: 1 },
      replies: ["1"],
      duo: push(state("deny", "allow", "Success")),
    });
    assert.equal(verdictText, "max-tries prompts-used-up");
  });
});

describe("other factors", () => {
  it("SMS sends codes, asks again, and takes the passcode", async () => {
    const { verdictText, scene, record } = await play({
      replies: ["sms", "1234567"],
      duo: {
        preauth: [askFor()],
        auth: [final("deny", "sent", "New SMS passcodes sent."), final("allow", "allow", "Success.")],
      },
    });
    assert.equal(verdictText, "allow duo-approved");
    assert.match(scene.conversation.texts("prompt")[1] ?? "", /^New SMS passcodes sent\./);
    assert.deepEqual([record.factor, record.factorsSent, record.pushes], ["passcode", 2, 0]);
  });

  it("a call is followed like a push, and is none", async () => {
    const { verdictText, scene, record } = await play({
      replies: ["call"],
      duo: {
        ...push(state("waiting", "calling", "Dialing..."), state("waiting", "answered", "Press any key"), approved),
        preauth: [askFor([option("phone")])],
      },
    });
    assert.deepEqual([verdictText, record.factor, record.pushes], ["allow duo-approved", "phone", 0]);
    assert.deepEqual(scene.conversation.texts("info"), ["Dialing...", "Press any key", approved.message]);
  });

  it("a wrong passcode of a locked account ends the login", async () => {
    const duo = { preauth: [askFor()], auth: [final("deny", "locked_out", "Locked until noon.")] };
    const { verdictText, scene, record } = await play({ replies: ["123456"], duo });
    assert.equal(verdictText, "deny locked-out");
    assert.deepEqual(scene.conversation.texts("error"), ["Locked until noon."]);
    assert.doesNotMatch(JSON.stringify(record), /123456/);
  });

  it("keys that fail at auth are a misconfiguration, under failmode = safe too", async () => {
    const duo = { preauth: [askFor()], auth: ["bad-signature" as const] };
    const { verdictText } = await play({ policy: { failmode: "safe" }, replies: ["1"], duo });
    assert.equal(verdictText, "misconfigured duo-keys");
  });
});
