// What the service manager hears from the real daemon, over a real datagram socket, in the order of its life.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { testFolder } from "../fault/command.ts";
import { setStage } from "../support/pam-stage.ts";
import { compile } from "../unit/ffi/compile.ts";

/** The manager's end: resolves each expected message in turn. */
async function manager(t: TestContext, path: string): Promise<() => Promise<string>> {
  const program = compile(t, "ffi-datagram-receiver");
  const child = spawn(program, [path, "1000"], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, "bound");
  return async () => {
    const line = await lines.next();
    if (line.done === true) throw new Error("the receiver has ended");
    return Buffer.from(line.value, "hex").toString();
  };
}

test("ready, reloading, ready, stopping", async (t) => {
  const path = join(testFolder(t), "notify");
  const next = await manager(t, path);
  const { daemon } = await setStage(t, { env: { NOTIFY_SOCKET: path } });
  assert.equal(await next(), "READY=1\nSTATUS=answering logins\n");
  daemon.kill("SIGHUP");
  assert.match(await next(), /^RELOADING=1\nMONOTONIC_USEC=\d+\n$/);
  assert.match(await next(), /^READY=1\n/);
  await daemon.event("reloaded");
  // A reload that is refused has come to its end, too: the manager must not wait for it.
  daemon.writeConfig({ duoLines: ["nonsense = 1"] });
  daemon.kill("SIGHUP");
  assert.match(await next(), /^RELOADING=1\n/);
  assert.match(await next(), /^READY=1\n/);
  daemon.kill("SIGTERM");
  assert.equal(await next(), "STOPPING=1\n");
  assert.equal(await daemon.exited, 0);
});

test("the watchdog is fed twice in its interval, and not by a daemon that is stuck", async (t) => {
  const path = join(testFolder(t), "notify");
  const next = await manager(t, path);
  const { daemon } = await setStage(t, { env: { NOTIFY_SOCKET: path, WATCHDOG_USEC: "400000" } });
  assert.match(await next(), /^READY=1\n/);
  const began = performance.now();
  assert.deepEqual([await next(), await next(), await next()], Array(3).fill("WATCHDOG=1\n"));
  const took = performance.now() - began;
  assert.ok(took > 500 && took < 1500, `three signs of life in ${took} ms`);
  process.kill(daemon.pid, "SIGSTOP");
  const silence = new Promise((resolve) => setTimeout(resolve, 1000, "silence"));
  const drained = async (): Promise<string> => {
    // What was sent before the stop may still be under way.
    await next();
    return await next();
  };
  assert.equal(await Promise.race([drained(), silence]), "silence");
  process.kill(daemon.pid, "SIGCONT");
});

test("the manager's variables are not handed on, and a variable that makes no sense stops the start", async (t) => {
  await assert.rejects(setStage(t, { env: { NOTIFY_SOCKET: "relative" } }), /NOTIFY_SOCKET makes no sense/);
  await assert.rejects(setStage(t, { env: { LISTEN_PID: "x", LISTEN_FDS: "1" } }), /LISTEN_PID/);
});
