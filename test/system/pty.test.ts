// The terminal harness itself, with plain programs: if typing, waiting and exit codes were wrong, every other system
// test would mean nothing. Needs no root.

import assert from "node:assert/strict";
import { test } from "node:test";
import { spawnPty } from "../support/pty.ts";

test("a program sees a terminal of 24 rows and 80 columns", async () => {
  const pty = spawnPty(["sh", "-c", "test -t 0 && test -t 1 && stty size"]);
  assert.deepEqual(await pty.exit, { code: 0, signal: null });
  assert.equal(pty.transcript, "24 80\n");
});

test("what is typed arrives, and each wait looks behind the last match", async () => {
  const pty = spawnPty(["sh", "-c", 'for n in 1 2; do printf "name: "; read -r name; echo "<$name>"; done']);
  await pty.waitFor("name: ");
  pty.sendLine("alice");
  await pty.waitFor("<alice>");
  await pty.waitFor("name: ");
  pty.sendLine("bob");
  const match = await pty.waitFor(/<(\w+)>/u);
  assert.equal(match[1], "bob");
  assert.deepEqual(await pty.exit, { code: 0, signal: null });
});

test("exit code and fatal signal are passed on, with the last output", async () => {
  const coded = spawnPty(["sh", "-c", "echo last words; exit 7"]);
  assert.deepEqual(await coded.exit, { code: 7, signal: null });
  assert.equal(coded.transcript, "last words\n");
  const killed = spawnPty(["sh", "-c", "kill -TERM $$"]);
  assert.deepEqual(await killed.exit, { code: null, signal: "SIGTERM" });
});

test("Ctrl-C interrupts the program", async () => {
  const pty = spawnPty(["sh", "-c", "echo ready; read -r never"]);
  await pty.waitFor("ready");
  await pty.interrupt();
  assert.deepEqual(await pty.exit, { code: null, signal: "SIGINT" });
});

test("a wait fails with the screen when the program ends, and when the deadline passes", async () => {
  const ended = spawnPty(["echo", "something else"]);
  await assert.rejects(
    ended.waitFor("welcome"),
    /waited for welcome, but the program ended \(code 0[\s\S]*something else/u,
  );
  const silent = spawnPty(["sh", "-c", "echo hello; read -r never"], { deadlineMs: 300 });
  await assert.rejects(silent.waitFor("welcome"), /the deadline passed[\s\S]*hello/u);
  await assert.rejects(silent.exit, /did not end by itself[\s\S]*hello/u);
});

test("disposing ends the program with its terminal", async () => {
  const pty = spawnPty(["sh", "-c", "echo ready; read -r never"]);
  await pty.waitFor("ready");
  await pty[Symbol.asyncDispose]();
  assert.equal((await pty.exit).signal, "SIGKILL");
});
