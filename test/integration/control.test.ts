// The control socket of a running daemon: its status, the revocation of remembered devices, and who may ask.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { askDaemon } from "../../src/cli/control-client.ts";
import { type DaemonStatus, statusText } from "../../src/cli/daemon-status.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { startDaemon, type TestDaemon } from "../support/gateway.ts";
import { runModule } from "../support/pam-module.ts";

let emulator: Emulator;
let daemon: TestDaemon;
let socket: string;

before(async () => {
  emulator = await startEmulator({ policy: { rememberedDeviceSeconds: 3600 } });
  daemon = await startDaemon({ duo: emulator });
  socket = join(daemon.folder, "control.sock");
});

after(async () => {
  await daemon.stop();
  await emulator.close();
});

function login(answers: readonly string[]) {
  return runModule({ socket: daemon.pamSocket, user: "alice", items: { rhost: "203.0.113.5" }, answers });
}

async function status(): Promise<DaemonStatus> {
  const answer = await askDaemon(socket, "GET", "/status");
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer.value as DaemonStatus;
}

test("the socket is root's alone", () => {
  assert.equal(statSync(socket).mode & 0o777, 0o600);
});

test("status tells of decisions and devices; a revoked device needs a factor again", async () => {
  emulator.whenPushed("alice", "approve");
  assert.deepEqual((await status()).decisions, {});
  const first = await login(["1"]);
  assert.equal(first.code, "PAM_SUCCESS");
  const remembered = await status();
  assert.equal(remembered.rememberedDevices, 1);
  assert.deepEqual(remembered.decisions, { "allow duo-approved": 1 });
  assert.equal(remembered.lastDecisions[0]?.user, "alice");
  const second = await login([]);
  assert.equal(second.code, "PAM_SUCCESS");
  assert.equal(emulator.pushes.length, 1);
  const revoked = await askDaemon(socket, "POST", "/trust/revoke", { user: "ALICE" });
  assert.deepEqual(revoked, { ok: true, value: { revoked: 1 } });
  const third = await login(["1"]);
  assert.equal(third.code, "PAM_SUCCESS");
  assert.equal(emulator.pushes.length, 2);
  assert.match(statusText(await status()), /decided {5}2 × allow duo-approved/);
  assert.doesNotMatch(JSON.stringify([await status(), daemon.lines]), /\|\|\d+\|\|/, "a token was shown");
});

test("what makes no sense is refused in words", async () => {
  for (const body of [undefined, {}, { all: "yes" }, { user: "" }, [1]]) {
    const answer = await askDaemon(socket, "POST", "/trust/revoke", body);
    assert.ok(!answer.ok && /user|all/.test(answer.error));
  }
  const lost = await askDaemon(socket, "GET", "/nowhere");
  assert.deepEqual(lost, { ok: false, error: "no such path" });
  const none = await askDaemon(join(daemon.folder, "none.sock"), "GET", "/status");
  assert.ok(!none.ok && /is the daemon running/.test(none.error));
});
