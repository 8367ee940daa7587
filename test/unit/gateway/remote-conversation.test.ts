// The Conversation port over frames: what is shown, how many times, and how a prompt comes to an answer.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { displayText } from "../../../src/core/display-text.ts";
import { Channel } from "../../../src/gateway/channel.ts";
import { RemoteConversation } from "../../../src/gateway/remote-conversation.ts";
import { MESSAGES_BETWEEN_PROMPTS } from "../../../src/wire/limits.ts";
import { FakeClock, turn } from "../../support/fake-clock.ts";
import { FakeHelper, start } from "../../support/fake-helper.ts";

const text = displayText("x");

async function bench(showsMessages = true) {
  const clock = new FakeClock();
  const helper = new FakeHelper();
  let conversation: RemoteConversation | undefined;
  const channel = new Channel(helper.socket, clock, {
    message: (message) => message.kind === "answer" && conversation?.answered(message),
    violation: () => {},
    closed: () => conversation?.lost(),
  });
  const made = new RemoteConversation(channel, clock, { showsMessages, answerTimeoutMs: 90_000 });
  conversation = made;
  await helper.say(start());
  channel.send({ kind: "welcome", version: 1, transaction: "t" });
  return { clock, helper, channel, conversation: made };
}

describe("RemoteConversation", () => {
  it("asks and gets the answer as a secret", async () => {
    const { clock, helper, conversation } = await bench();
    const asked = conversation.prompt(text, { echo: false });
    await turn();
    assert.deepEqual(helper.heard.at(-1), { kind: "prompt", echo: false, text: "x" });
    await helper.answer("123456");
    const answer = await asked;
    assert.ok(answer.kind === "given" && answer.text.reveal() === "123456");
    assert.doesNotMatch(JSON.stringify(answer), /123456/);
    // KEEPALIVE alone is left.
    assert.equal(clock.pending, 1);
  });

  it("has a user who gave up, one who is silent, and one who has gone", async () => {
    const gaveUp = await bench();
    const first = gaveUp.conversation.prompt(text, { echo: true });
    await gaveUp.helper.say({ kind: "answer", given: false });
    assert.deepEqual(await first, { kind: "cancelled", reason: "user-cancelled" });
    const silent = await bench();
    const second = silent.conversation.prompt(text, { echo: true });
    silent.clock.advance(90_000);
    assert.deepEqual(await second, { kind: "cancelled", reason: "answer-timeout" });
    assert.ok(silent.channel.prompting);
    const left = await bench();
    const third = left.conversation.prompt(text, { echo: true });
    await left.helper.leave();
    assert.deepEqual(await third, { kind: "cancelled", reason: "helper-gone" });
    assert.deepEqual(await left.conversation.prompt(text, { echo: true }), {
      kind: "cancelled",
      reason: "helper-gone",
    });
    assert.equal(left.clock.pending, 0);
  });

  it("shows twenty messages between two prompts, the last four places for errors", async () => {
    const { helper, conversation } = await bench();
    const shown = () => helper.kinds.filter((kind) => kind === "info" || kind === "error").length;
    const told = Array.from({ length: 30 }, () => conversation.info(text));
    await turn();
    assert.equal(shown(), MESSAGES_BETWEEN_PROMPTS - 4);
    assert.equal(told.filter((yes) => yes).length, shown());
    for (let i = 0; i < 6; i += 1) conversation.error(text);
    await turn();
    assert.equal(shown(), MESSAGES_BETWEEN_PROMPTS);
    const asked = conversation.prompt(text, { echo: true });
    await helper.answer("");
    await asked;
    for (let i = 0; i < 30; i += 1) conversation.error(text);
    await turn();
    assert.equal(shown(), 2 * MESSAGES_BETWEEN_PROMPTS);
  });

  it("shows nothing to a helper that shows no messages, and still asks", async () => {
    const { helper, conversation } = await bench(false);
    assert.equal(conversation.info(text), false);
    conversation.error(text);
    void conversation.prompt(text, { echo: true });
    await turn();
    assert.deepEqual(helper.kinds, ["welcome", "prompt"]);
  });
});
