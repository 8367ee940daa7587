// Answers that come sooner than anybody can have read the question: a client without a terminal, not a person.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { READING_MS } from "../../../src/login/unread.ts";
import { WORDS } from "../../../src/login/words.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { final } from "../../support/fake-duo.ts";
import { askFor, play } from "./scene.ts";

const AT_ONCE = { atOnce: "" } as const;
const push = { preauth: [askFor()], auth: [final("allow", "allow")] };

describe("Enter at the menu", () => {
  it("that comes at once twice is nobody's: refused, and no phone rings", async () => {
    const { verdictText, scene } = await play({ replies: [AT_ONCE, AT_ONCE], duo: { preauth: [askFor()] } });
    assert.equal(verdictText, "deny no-conversation");
    assert.deepEqual([scene.duo.choices.length, scene.conversation.texts("error")], [0, [WORDS.noConversation]]);
    const [first = "", second = ""] = scene.conversation.texts("prompt");
    assert.equal(second, `${WORDS.tooSoon}\n\n${first}`);
  });

  it("that was typed ahead is asked for again, in the same attempt", async () => {
    const { verdictText, record } = await play({ replies: [AT_ONCE, ""], duo: push });
    assert.deepEqual([verdictText, record.attempts, record.pushes], ["allow duo-approved", 1, 1]);
  });

  it(`takes the default from ${READING_MS} ms on, and not before`, async () => {
    for (const [ms, pushes] of [
      [READING_MS - 1, 0],
      [READING_MS, 1],
    ] as const) {
      const clock = new FakeClock();
      const replies = [AT_ONCE, ...(pushes === 1 ? [] : [{ cancelled: "user-cancelled" } as const])];
      const { record } = await play({ clock, replies, duo: push, onPrompt: () => clock.advance(ms) });
      assert.equal(record.pushes, pushes);
    }
  });

  it("is told from a number, which a script may answer at once", async () => {
    const { verdictText } = await play({ replies: [{ atOnce: "1" }], duo: push });
    assert.equal(verdictText, "allow duo-approved");
  });
});

describe("the prompt with the code of a verified push, with autopush", () => {
  it("answered at once twice, with anything, sends no push", async () => {
    for (const text of ["", "password"]) {
      const { verdictText, scene, record } = await play({
        policy: { autopush: true },
        replies: [{ atOnce: text }, { atOnce: text }],
        duo: { preauth: [askFor(undefined, "480316")] },
      });
      assert.deepEqual([verdictText, record.pushes], ["deny no-conversation", 0]);
      assert.deepEqual(scene.conversation.texts("error"), [WORDS.codeCannotBeShown]);
    }
  });
});
