// PROTOCOL section 3, the helper's table: which frame is permitted when, and what becomes of answers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { error, frame, info, keepalive, prompt, verdict, verdictCodes, welcome } from "./frames.ts";
import type { Script } from "./scripted-daemon.ts";
import { pam, setStage } from "./stage.ts";

const infos = (count: number): Buffer[] => Array.from({ length: count }, (_, i) => info(`line ${i}`));

/** Sent in the order given, then allow: the module must have refused before it. */
const refused: readonly (readonly [string, number, RegExp, Script])[] = [
  ["INFO before WELCOME", pam.systemErr, /a frame before WELCOME/, (p) => p.send(info("hello"), welcome())],
  ["KEEPALIVE before WELCOME", pam.systemErr, /a frame before WELCOME/, (p) => p.send(keepalive(), welcome())],
  ["PROMPT before WELCOME", pam.systemErr, /a frame before WELCOME/, (p) => p.send(prompt("?"), welcome())],
  ["a second WELCOME", pam.systemErr, /not permitted now/, (p) => p.send(welcome(), welcome())],
  ["a version of 2", pam.serviceErr, /another protocol version/, (p) => p.send(welcome(2))],
  ["21 messages", pam.systemErr, /more than 20 messages/, (p) => p.send(welcome(), ...infos(20), error("last"))],
  ["an unknown type", pam.systemErr, /unknown-type/, (p) => p.send(welcome(), frame(Buffer.from([0x86])))],
  ["a helper's type", pam.systemErr, /unknown-type/, (p) => p.send(welcome(), frame(Buffer.from([0x01])))],
  ["an empty frame", pam.systemErr, /: empty /, (p) => p.send(welcome(), frame(Buffer.alloc(0)))],
  ["trailing bytes", pam.systemErr, /trailing-bytes/, (p) => p.send(welcome(), frame(Buffer.from([0x84, 0])))],
  ["an oversized frame", pam.systemErr, /oversized/, (p) => p.send(welcome(), frame(Buffer.alloc(4097, 0x81)))],
  ["an escape sequence", pam.systemErr, /bad-text/, (p) => p.send(welcome(), info("\u001b[2J"))],
  ["a C1 control", pam.systemErr, /bad-text/, (p) => p.send(welcome(), info("\u009b2J"))],
  ["a text that is not UTF-8", pam.systemErr, /bad-text/, (p) => p.send(welcome(), info(Buffer.from([0xe9])))],
  [
    "a verdict while the prompt stands",
    pam.authErr,
    /before the prompt was answered/,
    (p) => p.send(welcome(), prompt("?"), verdict(verdictCodes.allow, p.start.nonce)),
  ],
  [
    "two prompts in the gap",
    pam.authErr,
    /before the prompt was answered/,
    (p) => p.send(welcome(), prompt("?"), prompt("?")),
  ],
  [
    "KEEPALIVE while the prompt stands",
    pam.authErr,
    /before the prompt was answered/,
    (p) => p.send(welcome(), prompt("?"), keepalive()),
  ],
];

for (const [name, code, logged, script] of refused) {
  test(`${name} ends the login, also with failmode=safe`, async (t) => {
    const stage = setStage(t);
    stage.stack("auth required @ failmode=safe");
    await stage.daemon(async (peer) => {
      await script(peer);
      peer.allow();
      await peer.gone;
    });
    const run = await stage.run("--answer", "1", "--answer", "1");
    assert.deepEqual(run.results, [code]);
    assert.match(run.logs.join("\n"), logged);
  });
}

test("a whole login: messages, prompts, keepalives, allow", async (t) => {
  const stage = setStage(t);
  const answers: (string | undefined)[] = [];
  await stage.daemon(async (peer) => {
    peer.send(welcome(), keepalive(), info("Hello.\tTwo\nlines"), error("Careful."), prompt("Option: "));
    answers.push((await peer.answer()).text);
    peer.send(prompt("Passcode: ", false));
    answers.push((await peer.answer()).text);
    peer.send(keepalive(), info(""));
    peer.allow();
  });
  const run = await stage.run("--answer", "1", "--answer", "123456");
  assert.deepEqual(run.results, [pam.success]);
  assert.deepEqual(run.shown, [
    "info Hello.\\x09Two\\x0alines",
    "error Careful.",
    "prompt-on Option: ",
    "prompt-off Passcode: ",
    "info ",
  ]);
  assert.deepEqual(answers, ["1", "123456"]);
});

test("20 messages are permitted, and 20 more after each prompt", async (t) => {
  const stage = setStage(t);
  await stage.daemon(async (peer) => {
    peer.send(welcome(), ...infos(20), prompt("?"));
    await peer.answer();
    peer.send(...infos(20));
    peer.allow();
  });
  const run = await stage.run("--answer", "x");
  assert.deepEqual(run.results, [pam.success]);
  assert.equal(run.shown.length, 41);
});

const answerCases: readonly (readonly [string, string, string | undefined])[] = [
  ["an answer is sent as typed", "push é", "push é"],
  ["an empty answer is an answer", "", ""],
  ["the line end is cut off", "123\r\n", "123"],
  ["512 bytes fit", "!max", "7".repeat(512)],
  ["513 bytes are cancelled, never cut", "!big", undefined],
  ["a failed conversation cancels", "!fail", undefined],
  ["a conversation without a response cancels", "!null", undefined],
  ["a response without a text cancels", "!empty", undefined],
];

for (const [name, typed, received] of answerCases) {
  test(name, async (t) => {
    const stage = setStage(t);
    const answers: (string | undefined)[] = [];
    await stage.daemon(async (peer) => {
      peer.send(welcome(), prompt("?"));
      answers.push((await peer.answer()).text);
      peer.send(verdict(verdictCodes.aborted, peer.start.nonce));
    });
    const run = await stage.run("--answer", typed);
    assert.deepEqual(answers, [received]);
    assert.deepEqual(run.results, [pam.abort]);
  });
}
