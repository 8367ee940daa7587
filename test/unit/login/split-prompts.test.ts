// What is a message and what is a prompt for an application that may replace prompts, and for all others.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { displayText } from "../../../src/core/display-text.ts";
import { forService } from "../../../src/login/split-prompts.ts";
import { FakeConversation } from "../../support/fake-conversation.ts";

const MENU = displayText("Duo for alice\n\n 1. Push\n\nPasscode or option (1-1): ");
const FACTS = { user: "alice", rhostTrusted: true, callerUid: 0, interactive: true, showsMessages: true, budgetMs: 1 };

async function shown(service: string, tty: string | undefined, text = MENU, canShow = true) {
  const conversation = new FakeConversation(["1"]);
  if (!canShow) conversation.info = () => false;
  await forService(conversation, { ...FACTS, service, tty }).prompt(text, { echo: true });
  return conversation.shown.map(({ kind, text: words }) => `${kind} ${words}`);
}

describe("a prompt", () => {
  it("is the question alone under sudo, with the rest in a message; together they are the same", async () => {
    const [info = "", prompt = ""] = await shown("sudo", "/dev/pts/1");
    assert.deepEqual([info, prompt], ["info Duo for alice\n\n 1. Push\n", "prompt Passcode or option (1-1): "]);
    assert.equal(`${info}\n${prompt}`.replaceAll(/^(info|prompt) /gm, ""), MENU);
  });

  it("stays whole where there is no terminal, besides the message: an askpass program shows nothing else", async () => {
    for (const tty of [undefined, ""]) {
      assert.deepEqual(await shown("sudo", tty), ["info Duo for alice\n\n 1. Push\n", `prompt ${MENU}`]);
    }
  });

  it("stays whole when the message could not be shown", async () => {
    assert.deepEqual(await shown("sudo", "/dev/pts/1", MENU, false), [`prompt ${MENU}`]);
  });

  it("of one line is no message", async () => {
    for (const text of ["Passcode: ", "\nPasscode: "]) {
      assert.deepEqual(await shown("sudo", "/dev/pts/1", displayText(text)), [`prompt ${text}`]);
    }
  });

  it("stays whole for sshd, which would hold the message back, and for su, whose messages are output", async () => {
    for (const service of ["sshd", "su", "login", "login_duogate"]) {
      assert.deepEqual(await shown(service, "/dev/pts/1"), [`prompt ${MENU}`]);
    }
  });
});
