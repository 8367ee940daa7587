// A factor that came with the login (DUO_PASSCODE), and login_duogate without a terminal: one attempt, no question.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { final, PENDING, state } from "../../support/fake-duo.ts";
import { askFor, option, play } from "./scene.ts";

const passed = { preauth: [askFor()], auth: [final("allow", "allow")] };
const pushed = { preauth: [askFor()], auth: [PENDING], authStatus: [state("allow", "allow")] };
const HEADLESS = { service: "login_duogate", interactive: false };

describe("a factor that came with the login", () => {
  it("takes the place of the first prompt, also without a terminal and before autopush", async () => {
    for (const facts of [{}, HEADLESS, { interactive: false }]) {
      const autopush = await play({ givenFactor: "123456", facts, duo: passed, policy: { autopush: true } });
      const { verdictText, record, scene } = await play({ givenFactor: "123456", facts, duo: passed });
      assert.deepEqual([verdictText, record.factor, record.pushes], ["allow duo-approved", "passcode", 0]);
      assert.deepEqual(scene.conversation.texts("prompt"), []);
      assert.equal(autopush.record.factor, "passcode");
    }
  });

  it("can be the name of a factor", async () => {
    const { record, scene } = await play({ givenFactor: "push2", duo: pushed });
    assert.deepEqual([record.factor, record.pushes], ["push", 1]);
    const call = scene.duo.calls.find(({ stage }) => stage === "auth");
    assert.match(JSON.stringify(call), /"push2"/);
    assert.deepEqual(scene.conversation.texts("prompt"), []);
  });

  it("counts once: then the user is asked", async () => {
    const duo = { preauth: [askFor(), askFor()], auth: [final("deny", "deny", "Incorrect."), final("allow", "allow")] };
    const { verdictText, record, scene } = await play({ givenFactor: "999999", replies: ["123456"], duo });
    assert.deepEqual([verdictText, record.factorsSent], ["allow duo-approved", 2]);
    assert.equal(scene.conversation.texts("prompt").length, 1);
  });

  it("that is wrong ends a login without a terminal, with nothing pushed", async () => {
    const duo = { preauth: [askFor()], auth: [final("deny", "deny", "Incorrect.")] };
    for (const facts of [HEADLESS, { interactive: false }]) {
      const { verdictText, record } = await play({ givenFactor: "999999", facts, duo });
      assert.deepEqual([verdictText, record.pushes, record.factorsSent], ["max-tries factor-failed", 0, 1]);
    }
  });

  it("that cannot be a factor is not sent", async () => {
    for (const givenFactor of ["my password", "9", "push9", " "]) {
      const { verdictText, record } = await play({
        givenFactor,
        facts: HEADLESS,
        duo: { preauth: [askFor([option("sms")])] },
      });
      assert.deepEqual([verdictText, record.factorsSent], ["max-tries factor-failed", 0], givenFactor);
    }
  });

  it("is not sent as a push whose code cannot be shown", async () => {
    const duo = { preauth: [askFor(undefined, "123456")] };
    const { verdictText, record } = await play({ givenFactor: "push", facts: HEADLESS, duo });
    assert.deepEqual([verdictText, record.pushes], ["deny no-conversation", 0]);
  });
});

describe("login_duogate without a terminal", () => {
  it("pushes to the default device without a question", async () => {
    const { verdictText, record, scene } = await play({ facts: HEADLESS, duo: pushed });
    assert.deepEqual([verdictText, record.pushes], ["allow duo-approved", 1]);
    assert.deepEqual(scene.conversation.texts("prompt"), []);
  });

  it("has one attempt", async () => {
    const duo = { preauth: [askFor()], auth: [PENDING], authStatus: [state("deny", "deny")] };
    const { verdictText, record } = await play({ facts: HEADLESS, duo });
    assert.deepEqual([verdictText, record.pushes], ["max-tries factor-failed", 1]);
  });

  it("is the only service that pushes unasked, and with a terminal it asks", async () => {
    const other = await play({ facts: { service: "sshd", interactive: false }, duo: { preauth: [askFor()] } });
    assert.deepEqual([other.verdictText, other.record.pushes], ["deny no-conversation", 0]);
    const { scene } = await play({ facts: { service: "login_duogate" }, replies: ["1"], duo: pushed });
    assert.equal(scene.conversation.texts("prompt").length, 1);
  });
});
