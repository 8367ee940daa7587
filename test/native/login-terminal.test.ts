// login_duogate on a terminal: what is shown, what is read, what is left for the shell, and how it is ended.

import assert from "node:assert/strict";
import { test } from "node:test";

import { spawnPty } from "../support/pty.ts";
import { error, info, prompt, verdict, verdictCodes, welcome } from "./frames.ts";
import { loginPath, setLoginStage } from "./login-stage.ts";
import type { Script } from "./scripted-daemon.ts";

/** Asks once, remembers the answer, and lets in. */
function asking(answers: (string | undefined)[], echo = true): Script {
  return async (peer) => {
    peer.send(welcome(), info("A status."), error("A warning."), prompt("Passcode: ", echo));
    answers.push((await peer.answer()).text);
    peer.send(info("Success."));
    peer.allow();
  };
}

test("status, warning and prompt are shown, the answer is sent, and the shell gets the rest of what was typed", async (t) => {
  const stage = setLoginStage(t);
  const answers: (string | undefined)[] = [];
  const { starts } = await stage.daemon(asking(answers));
  await using screen = stage.open(['read line; echo "the shell read $line"']);
  await screen.waitFor(/A status\.\nA warning\.\nPasscode: $/);
  screen.send("123456\rfor the shell\r");
  await screen.waitFor("Success.\n");
  await screen.waitFor("the shell read for the shell\n");
  assert.deepEqual(await screen.exit, { code: 0, signal: null });
  assert.deepEqual(answers, ["123456"]);
  assert.match(starts[0]?.facts.get(4)?.toString() ?? "", /^\/dev\/pts\/\d+$/);
  assert.equal(starts[0]?.flags, 0x03);
});

test("a hidden answer is not shown, and the echo is back for the shell", async (t) => {
  const stage = setLoginStage(t);
  const answers: (string | undefined)[] = [];
  await stage.daemon(asking(answers, false));
  await using screen = stage.open(["stty -a | tr ' ;' '\\n\\n' | grep -x -e echo -e -echo"]);
  await screen.waitFor("Passcode: ");
  screen.sendLine("987654");
  await screen.waitFor(/^echo$/m);
  assert.deepEqual(answers, ["987654"]);
  assert.doesNotMatch(screen.transcript, /987654/);
});

test("an answer of 512 bytes is sent whole; a longer one is cancelled, and its rest is not taken for another line", async (t) => {
  for (const [length, wanted] of [
    [512, "7".repeat(512)],
    [513, undefined],
  ] as const) {
    const stage = setLoginStage(t);
    const answers: (string | undefined)[] = [];
    await stage.daemon(asking(answers));
    await using screen = stage.open(['read line; echo "the shell read $line"']);
    await screen.waitFor("Passcode: ");
    screen.send(`${"7".repeat(length)}\rnext\r`);
    await screen.waitFor("the shell read next\n");
    assert.deepEqual(answers, [wanted]);
  }
});

test("an end of input cancels", async (t) => {
  const stage = setLoginStage(t);
  const answers: (string | undefined)[] = [];
  await stage.daemon(async (peer) => {
    peer.send(welcome(), prompt("Passcode: "));
    answers.push((await peer.answer()).text);
    peer.send(verdict(verdictCodes.aborted, peer.start.nonce));
  });
  await using screen = stage.open(["echo", "in"]);
  await screen.waitFor("Passcode: ");
  screen.send("\u0004");
  assert.deepEqual(await screen.exit, { code: 1, signal: null });
  assert.deepEqual(answers, [undefined]);
  assert.doesNotMatch(screen.transcript, /in$/m);
});

for (const echo of [true, false]) {
  test(`Ctrl-C at a ${echo ? "shown" : "hidden"} prompt ends it, and the terminal is as it was`, async (t) => {
    const stage = setLoginStage(t);
    await stage.daemon(async (peer) => {
      peer.send(welcome(), prompt("Passcode: ", echo));
      await peer.gone;
    });
    const line = `trap : INT; ${[loginPath, ...stage.options].join(" ")} echo in; echo "ended $?"; stty -a`;
    await using screen = spawnPty(["sh", "-c", line]);
    await screen.waitFor("Passcode: ");
    screen.send("\u0003");
    await screen.waitFor("ended 130\n");
    await screen.waitFor(/[ ;]echo[ ;]/);
    assert.doesNotMatch(screen.transcript, /^in$/m);
  });
}

test("a daemon that dies while the prompt stands refuses when the user answers", async (t) => {
  const stage = setLoginStage(t);
  let end: () => void = () => undefined;
  await stage.daemon(async (peer) => {
    peer.send(welcome(), prompt("Passcode: "));
    end = () => peer.end();
    await peer.gone;
  });
  await using screen = stage.open(["echo", "in"]);
  await screen.waitFor("Passcode: ");
  end();
  screen.sendLine("123456");
  await screen.waitFor(/access denied/);
  assert.deepEqual(await screen.exit, { code: 1, signal: null });
});

test("nobody waits for an answer beyond timeout=", async (t) => {
  const stage = setLoginStage(t);
  await stage.daemon(async (peer) => {
    peer.send(welcome(), prompt("Passcode: ", false));
    await peer.gone;
  });
  await using screen = stage.open(["-o", "timeout=3", "echo", "in"]);
  await screen.waitFor("The login took too long; access denied.");
  assert.deepEqual(await screen.exit, { code: 1, signal: null });
});

test("with SSH_ORIGINAL_COMMAND set, a terminal is the command's: nothing is shown or asked", async (t) => {
  const stage = setLoginStage(t);
  const answers: (string | undefined)[] = [];
  await stage.daemon(asking(answers));
  await using screen = stage.open([], { env: { SSH_ORIGINAL_COMMAND: "echo only this" } });
  assert.equal((await screen.exit).code, 0);
  assert.deepEqual(answers, [undefined]);
  assert.equal(screen.transcript, "A warning.\nonly this\n");
});
