// The daemon from start to end: one at a time, what a killed one left behind, draining, and what the kernel is told to keep
// from other processes.

import assert from "node:assert/strict";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { duogate, testFolder } from "../fault/command.ts";
import { HelperClient, start } from "../support/helper-client.ts";
import { eventually, expectDrains } from "../support/leak.ts";
import { runModule } from "../support/pam-module.ts";
import { decision, QUICK_DUO, setStage } from "../support/pam-stage.ts";

async function atPrompt(socket: string): Promise<HelperClient> {
  const helper = await HelperClient.connect(socket);
  helper.send(start());
  await helper.nextOf("prompt");
  return helper;
}

test("the sockets have their modes from the first moment and are gone at the end", async (t) => {
  const { daemon, emulator } = await setStage(t);
  const mode = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);
  assert.deepEqual([daemon.pamSocket, daemon.loginSocket].map(mode), ["600", "666"]);
  const { pamSocket, loginSocket } = daemon;
  await expectDrains(daemon, emulator);
  assert.deepEqual([existsSync(pamSocket), existsSync(loginSocket)], [false, false]);
});

test("a second daemon is refused and the first goes on", async (t) => {
  const { daemon } = await setStage(t);
  const second = await duogate("run", "--config", daemon.configFile);
  assert.equal(second.code, 3, second.stderr);
  assert.match(second.stderr, /another duogate is listening/);
  assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["100001"] })).code, "PAM_SUCCESS");
});

test("a second daemon is refused even when the first is too busy to answer", async (t) => {
  const { daemon } = await setStage(t);
  const held: Socket[] = [];
  process.kill(daemon.pid, "SIGSTOP");
  try {
    while (await connects(daemon.pamSocket, held));
    const before = lstatSync(daemon.pamSocket).ino;
    const second = await duogate("run", "--config", daemon.configFile);
    assert.equal(second.code, 3, `it ended with ${second.code}: ${second.stderr}`);
    assert.equal(lstatSync(daemon.pamSocket).ino, before, "the socket of a daemon that runs was taken away");
  } finally {
    for (const socket of held) socket.destroy();
    process.kill(daemon.pid, "SIGCONT");
  }
});

/** False when the kernel says that the queue of connections is full. */
function connects(path: string, held: Socket[]): Promise<boolean> {
  const socket = connect(path);
  held.push(socket);
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
  });
}

test("a socket that a killed daemon left behind is taken over", async (t) => {
  const folder = testFolder(t);
  const first = await setStage(t, { folder });
  first.daemon.kill("SIGKILL");
  assert.equal(await first.daemon.exited, "SIGKILL");
  assert.ok(existsSync(first.daemon.pamSocket));
  const { daemon, emulator } = await setStage(t, { folder });
  assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["100001"] })).code, "PAM_SUCCESS");
  await expectDrains(daemon, emulator);
});

test("SIGTERM refuses new logins and lets the ones under way end", async (t) => {
  const { daemon } = await setStage(t, { gatewayLines: ["answer_timeout = 10s", "shutdown_timeout = 20s"] });
  const helper = await atPrompt(daemon.pamSocket);
  daemon.kill("SIGTERM");
  const stopping = await daemon.event("stopping");
  assert.deepEqual([stopping["cause"], stopping["in_flight"]], ["SIGTERM", 1]);
  await eventually("the socket is gone", () => !existsSync(daemon.pamSocket));
  await assert.rejects(HelperClient.connect(daemon.pamSocket), { code: "ENOENT" });
  helper.answer("100001");
  assert.equal((await helper.nextOf("verdict")).verdict, "allow");
  assert.equal(await daemon.exited, 0);
});

test("a second SIGTERM denies the logins under way and ends at once", async (t) => {
  const { daemon, emulator } = await setStage(t, { gatewayLines: ["shutdown_timeout = 60s"] });
  const prompted = await atPrompt(daemon.pamSocket);
  const polling = await atPrompt(daemon.pamSocket);
  polling.answer("1");
  await emulator.nextPush("alice");
  const unheard = await HelperClient.connect(daemon.pamSocket);
  daemon.kill("SIGTERM");
  await daemon.event("stopping");
  const began = performance.now();
  daemon.kill("SIGTERM");
  assert.equal(await daemon.exited, 0);
  assert.ok(performance.now() - began < 1500, "it did not end at once");
  assert.equal((await polling.nextOf("verdict")).verdict, "deny");
  // PROTOCOL: section 3: nothing may be sent while a prompt stands, so the connection is closed and the helper denies.
  assert.deepEqual([await prompted.rest(), await unheard.rest()], [[], []]);
  const reasons = daemon.lines.filter(({ event }) => event === "decision").map(({ reason }) => reason);
  assert.deepEqual(reasons, ["shutting-down", "shutting-down"]);
});

test("shutdown_timeout ends what does not end by itself", async (t) => {
  const { daemon } = await setStage(t, { duoLines: QUICK_DUO, gatewayLines: ["shutdown_timeout = 1s"] });
  const helper = await atPrompt(daemon.pamSocket);
  const began = performance.now();
  daemon.kill("SIGTERM");
  assert.equal(await daemon.exited, 0);
  const took = performance.now() - began;
  assert.ok(took > 900 && took < 2500, `took ${took} ms`);
  assert.deepEqual(await helper.rest(), []);
  assert.equal((await decision(daemon))["reason"], "shutting-down");
});

test("a daemon that waits for a Duo that does not answer ends at once, too", async (t) => {
  const before = (emulator: Parameters<typeof expectDrains>[1]) => emulator.fault("connect", { kind: "silent" });
  const { daemon, emulator } = await setStage(t, { before, duoLines: [] });
  await expectDrains(daemon, emulator);
});

test("no core dump can hold the secret key, and it is in neither arguments nor environment", async (t) => {
  const { daemon, emulator } = await setStage(t);
  const limits = readFileSync(`/proc/${daemon.pid}/limits`, "utf8");
  assert.match(limits, /^Max core file size +0 +0 /m);
  for (const name of ["cmdline", ...(process.getuid?.() === 0 ? ["environ"] : [])]) {
    assert.ok(!readFileSync(`/proc/${daemon.pid}/${name}`, "utf8").includes(emulator.skey), name);
  }
});
