// Autopush, and logins where nobody can be asked: one push by itself at most, and a refusal rather than a guess.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PENDING, state } from "../../support/fake-duo.ts";
import { askFor, option, play } from "./scene.ts";

const AUTOPUSH = { autopush: true };
const UNATTENDED = { interactive: false, showsMessages: false, unattended: true };
const SILENT = { interactive: false };
const denied = state("deny", "deny", "Login request denied.");
const approved = state("allow", "allow");
const pushes = (...authStatus: readonly ReturnType<typeof state>[]) => ({
  preauth: [askFor()],
  auth: [PENDING, PENDING, PENDING],
  authStatus,
});

describe("autopush", () => {
  it("pushes to the preferred phone without asking, and says so", async () => {
    const { verdictText, scene } = await play({ policy: AUTOPUSH, duo: pushes(approved) });
    assert.equal(verdictText, "allow duo-approved");
    assert.deepEqual(scene.conversation.shown, [{ kind: "info", text: "Autopushing login request to phone..." }]);
    assert.deepEqual(scene.duo.choices[0]?.kind === "option" && scene.duo.choices[0].option.name, "push1");
  });

  it("calls where no phone can be pushed to", async () => {
    const duo = { ...pushes(approved), preauth: [askFor([option("phone"), option("sms")])] };
    const { scene, record } = await play({ policy: AUTOPUSH, duo });
    assert.deepEqual(scene.conversation.texts("info"), ["Calling you: phone to phone 1"]);
    assert.equal(record.factor, "phone");
  });

  it("happens on the first attempt only: after a refusal the user chooses", async () => {
    const { verdictText, scene, record } = await play({
      policy: AUTOPUSH,
      replies: [{ cancelled: "user-cancelled" }],
      duo: pushes(denied),
    });
    assert.deepEqual(
      [verdictText, record.pushes, scene.duo.count("auth")],
      ["max-tries cancelled-after-refusal", 1, 1],
    );
    assert.match(scene.conversation.texts("prompt")[0] ?? "", /^Login request denied\.\n\nDuo two-factor login/);
  });

  it("happens once where the application begins again by itself: then the user chooses, or is refused", async () => {
    const again = { policy: AUTOPUSH, duo: pushes(approved) };
    const asked = await play({ ...again, facts: { again: true }, replies: [{ cancelled: "user-cancelled" }] });
    assert.deepEqual([asked.scene.conversation.texts("prompt").length, asked.scene.duo.count("auth")], [1, 0]);
    const silent = await play({ ...again, facts: { ...SILENT, again: true } });
    assert.deepEqual([silent.verdictText, silent.scene.duo.count("auth")], ["deny no-conversation", 0]);
  });

  it("leaves the choice to the user where nothing is preferred", async () => {
    const { scene } = await play({
      policy: AUTOPUSH,
      replies: [{ cancelled: "user-cancelled" }],
      duo: { preauth: [askFor([option("sms")])] },
    });
    assert.equal(scene.conversation.texts("prompt").length, 1);
  });
});

describe("a login where nobody can be asked", () => {
  it("works with autopush", async () => {
    const { verdictText, scene } = await play({ policy: AUTOPUSH, facts: SILENT, duo: pushes(approved) });
    assert.equal(verdictText, "allow duo-approved");
    assert.equal(scene.conversation.texts("prompt").length, 0);
  });

  it("is refused at once without autopush, and nothing is sent to the phone", async () => {
    const { verdictText, scene } = await play({ facts: SILENT, duo: pushes(approved) });
    assert.deepEqual([verdictText, scene.duo.count("auth")], ["deny no-conversation", 0]);
    assert.match(scene.conversation.texts("error").join(), /cannot ask for one/);
  });

  it("is refused with autopush too where the caller has asked that nobody be asked", async () => {
    const { verdictText, scene } = await play({ policy: AUTOPUSH, facts: UNATTENDED, duo: pushes(approved) });
    assert.deepEqual([verdictText, scene.duo.count("auth")], ["deny no-conversation", 0]);
  });

  for (const [name, end] of [
    ["refused", denied],
    ["unanswered", state("deny", "timeout", "")],
  ] as const) {
    it(`ends after one push that was ${name}, however many prompts there are`, async () => {
      const { verdictText, record, scene } = await play({ policy: AUTOPUSH, facts: SILENT, duo: pushes(end) });
      assert.deepEqual([verdictText, record.pushes, scene.duo.count("auth")], ["max-tries factor-failed", 1, 1]);
      assert.equal(scene.duo.count("preauth"), 1);
      assert.equal(scene.conversation.texts("error").length, 1);
    });
  }

  it("is refused when no device can be pushed to or called", async () => {
    for (const options of [[], [option("sms")]]) {
      const duo = { preauth: [askFor(options)] };
      const { verdictText, scene } = await play({ policy: AUTOPUSH, facts: SILENT, duo });
      assert.deepEqual([verdictText, scene.duo.count("auth")], ["deny no-usable-factor", 0]);
    }
  });

  it("is refused when Duo wants a code that cannot be shown, before anything is pushed", async () => {
    const duo = { ...pushes(approved), preauth: [askFor(undefined, "376")] };
    const { verdictText, scene, record } = await play({ policy: AUTOPUSH, facts: SILENT, duo });
    assert.deepEqual([verdictText, scene.duo.count("auth")], ["deny no-conversation", 0]);
    assert.match(scene.conversation.texts("error").join(), /cannot show it/);
    assert.doesNotMatch(JSON.stringify([scene.conversation.shown, record]), /376/);
  });

  it("still has its bypass and its refusal", async () => {
    const { verdictText } = await play({ facts: SILENT, duo: { preauth: ["connect-failed"] } });
    assert.equal(verdictText, "unavailable failmode-secure");
  });
});
