// login_duogate runs what it should run after an allow and after nothing else, whatever else happens.

import assert from "node:assert/strict";
import { chmodSync, renameSync, symlinkSync } from "node:fs";
import { test } from "node:test";

import { error, frame, info, prompt, verdict, verdictCodes, welcome } from "./frames.ts";
import { setLoginStage } from "./login-stage.ts";
import type { Script } from "./scripted-daemon.ts";

const COMMAND = ["echo", "in"];

for (const [name, code] of Object.entries(verdictCodes)) {
  test(`after the verdict ${name} the command ${name === "allow" ? "runs" : "does not run, and the status is 1"}`, async (t) => {
    const stage = setLoginStage(t);
    await stage.daemon((peer) => peer.send(welcome(), verdict(code, peer.start.nonce)));
    const expected = name === "allow" ? { end: 0, stdout: "in\n", stderr: "" } : { end: 1, stdout: "", stderr: "" };
    assert.deepEqual(await stage.run(COMMAND), expected, "what the user sees is the daemon's work");
  });
}

const refused: readonly (readonly [string, RegExp, Script])[] = [
  ["allow with a wrong nonce", /not set up/, (p) => p.send(welcome(), verdict(verdictCodes.allow, Buffer.alloc(16)))],
  ["allow before WELCOME", /not set up/, (p) => p.send(verdict(verdictCodes.allow, p.start.nonce))],
  [
    "a code one bit from allow",
    /not set up/,
    (p) => p.send(welcome(), verdict(verdictCodes.allow ^ 0x100, p.start.nonce)),
  ],
  ["a code of zero", /not set up/, (p) => p.send(welcome(), verdict(0, p.start.nonce))],
  ["an unknown type", /not set up/, (p) => p.send(welcome(), frame(Buffer.from([0x86])))],
  ["another version", /not set up/, (p) => p.send(welcome(2), verdict(verdictCodes.allow, p.start.nonce))],
  ["a daemon that hangs up at START", /stopped during the login/, (p) => p.end()],
  [
    "a daemon that dies after WELCOME",
    /stopped during the login/,
    (p) => {
      p.send(welcome());
      p.end();
    },
  ],
  [
    "a daemon that dies within a verdict",
    /stopped during the login/,
    (p) => {
      p.send(welcome(), verdict(verdictCodes.allow, p.start.nonce).subarray(0, 20));
      p.end();
    },
  ],
];

for (const [name, line, script] of refused) {
  test(`${name} is refused with status 1 and one line`, async (t) => {
    const stage = setLoginStage(t);
    await stage.daemon(script);
    const { end, stdout, stderr } = await stage.run(COMMAND);
    assert.deepEqual([end, stdout], [1, ""]);
    assert.match(stderr, line);
    assert.equal(stderr.split("\n").length, 2);
  });
}

test("no daemon refuses, and so does one that says nothing", async (t) => {
  const stage = setLoginStage(t);
  const without = await stage.run(COMMAND);
  assert.deepEqual([without.end, without.stdout], [1, ""]);
  assert.match(without.stderr, /^duogate is not running; access denied/);
  await stage.daemon(() => undefined);
  const silent = await stage.run(["-o", "timeout=3", ...COMMAND]);
  assert.deepEqual([silent.end, silent.stdout], [1, ""]);
});

test("a socket behind a link, or in a folder that others can write, is not spoken to", async (t) => {
  const stage = setLoginStage(t);
  const daemon = await stage.daemon((peer) => {
    peer.send(welcome());
    peer.allow();
  });
  const folder = stage.socket.slice(0, stage.socket.lastIndexOf("/"));
  chmodSync(folder, 0o777);
  assert.equal((await stage.run(COMMAND)).end, 1);
  chmodSync(folder, 0o755);
  renameSync(stage.socket, `${stage.socket}.real`);
  symlinkSync(`${stage.socket}.real`, stage.socket);
  assert.equal((await stage.run(COMMAND)).end, 1);
  assert.equal(daemon.starts.length, 0);
});

test("failmode=safe is refused, and failmode=secure is what holds anyway", async (t) => {
  const stage = setLoginStage(t);
  const safe = await stage.run(["-o", "failmode=safe", ...COMMAND]);
  assert.deepEqual([safe.end, safe.stdout], [1, ""]);
  assert.match(safe.stderr, /always refuses without duogated; remove -o failmode=safe/);
  assert.match((await stage.run(["-o", "failmode=secure", ...COMMAND])).stderr, /not running/);
});

test("without a terminal errors go to standard error, and nothing else is shown or asked", async (t) => {
  const stage = setLoginStage(t);
  await stage.daemon(async (peer) => {
    peer.send(welcome(), info("a status"), error("Access denied."), prompt("Passcode: "));
    assert.equal((await peer.answer()).text, undefined);
    peer.send(verdict(verdictCodes.deny, peer.start.nonce));
  });
  const run = await stage.run(COMMAND, { input: "123456\n" });
  assert.deepEqual(run, { end: 1, stdout: "", stderr: "Access denied.\n" });
});
