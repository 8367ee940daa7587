// Every scene behind every door: real sshd, sudo and su, the real module, the real daemon, and Duo's API emulated. Each
// test asserts what the person sees, whether the person is in, what Duo was asked, and the line in the decision log.

import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { sandboxed } from "../support/sandbox.ts";
import { type SandboxDaemon, startDaemon } from "../support/sandbox-daemon.ts";
import { type Door, sshDoor, suDoor, sudoDoor, writeLoginStacks, writeSudoers } from "../support/sandbox-doors.ts";
import { modulePath } from "../support/sandbox-pam.ts";
import { type Sshd, startSshd } from "../support/sandbox-sshd.ts";
import { SCENES, type Scene } from "./scenes.ts";

const suite = await sandboxed(import.meta.url, ["/usr/sbin/sshd", "ssh", "sudo", "su", modulePath]);

let duo: Emulator;
let daemon: SandboxDaemon;
let sshd: Sshd;

suite.before(async () => {
  writeLoginStacks();
  writeSudoers();
  duo = await startEmulator();
  daemon = await startDaemon(duo);
  sshd = await startSshd();
});

suite.after(async () => {
  await sshd[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  await duo.close();
});

const DOORS: Readonly<Record<Door["service"], () => Door>> = {
  sshd: () => sshDoor(sshd.port),
  sudo: () => sudoDoor,
  su: () => suDoor,
};

for (const [service, door] of Object.entries(DOORS)) {
  for (const scene of SCENES) {
    suite.test(`${service}: ${scene.name}`, () => play(scene, door()));
  }
}

async function play(scene: Scene, door: Door): Promise<void> {
  duo.reset();
  daemon.skip();
  duo.setPolicy(scene.policy ?? {});
  const user = scene.user ?? "alice";
  await using screen = await door.open(user);
  await scene.play({ screen, duo, door, user });
  const { code } = await screen.exit;
  const isIn = new RegExp(`^in as ${door.inAs(user)}$`, "mu").test(screen.transcript);
  assert.deepEqual({ isIn, success: code === 0 }, outcome(scene.verdict === "allow"), screen.transcript);
  const decision = await daemon.decision();
  const { user: logged, service, verdict, reason } = decision;
  assert.deepEqual({ logged, service, verdict }, { logged: user, service: door.service, verdict: scene.verdict });
  assert.match(String(reason), new RegExp(`^${scene.reason}$`, "u"));
  assert.equal(duo.pushes.length, scene.rings);
}

function outcome(allowed: boolean): { readonly isIn: boolean; readonly success: boolean } {
  return { isIn: allowed, success: allowed };
}
