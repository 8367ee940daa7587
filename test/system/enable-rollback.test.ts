// Between the change of a PAM file and its yes: time, an answer, signals, a terminal that is gone, either process killed or both, another
// editor, a full disk. Whatever happens, the file ends byte for byte as it was.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { type SandboxDaemon, startDaemon } from "../support/sandbox-daemon.ts";
import {
  assertAsBefore,
  CONFIRM,
  changed,
  duogate,
  FILE,
  LOGGED,
  MAIN,
  prepareEnable,
  type Run,
  WITHOUT_TEST,
  watcherOf,
} from "../support/sandbox-enable.ts";
import { modulePath } from "../support/sandbox-pam.ts";

const suite = await sandboxed(import.meta.url, ["sudo", "logger", modulePath]);

let duo: Emulator;
let daemon: SandboxDaemon;
let original: Buffer;

suite.before(async () => {
  original = prepareEnable();
  duo = await startEmulator();
  daemon = await startDaemon(duo);
});
suite.after(async () => {
  await daemon[Symbol.asyncDispose]();
  await duo.close();
});

suite.test("not confirmed in time: the file goes back by itself, times and all", async () => {
  const before = statSync(FILE, { bigint: true });
  await using run = await changed("--confirm-within", "1");
  await run.text.waitFor("Nobody confirmed it.");
  await run.text.waitFor("/etc/pam.d/sudo is as it was.");
  assert.equal(await run.exit, 7);
  await suite.log.waitFor(LOGGED);
  assertAsBefore(original);
  const after = statSync(FILE, { bigint: true });
  assert.deepEqual([after.mode, after.uid, after.mtimeNs], [before.mode, before.uid, before.mtimeNs]);
});

const ENDINGS: readonly (readonly [name: string, end: (run: Run) => void, exit: number | string])[] = [
  ["the answer no", (run) => run.type("no"), 7],
  ["the end of the input", ({ child }) => child.stdin?.end(), 7],
  ["Ctrl-C", ({ child }) => child.kill("SIGINT"), 7],
  ["SIGTERM", ({ child }) => child.kill("SIGTERM"), 7],
  ["a hang-up", ({ child }) => child.kill("SIGHUP"), 7],
  ["kill -9", ({ child }) => child.kill("SIGKILL"), "SIGKILL"],
];
for (const [name, end, exit] of ENDINGS) {
  suite.test(`${name} puts the file back`, async () => {
    await using run = await changed();
    end(run);
    await suite.log.waitFor(LOGGED);
    assert.equal(await run.exit, exit);
    assertAsBefore(original);
  });
}

suite.test("a terminal that is gone puts the file back", async () => {
  const screen = spawnPty([process.execPath, MAIN, ...WITHOUT_TEST]);
  await screen.waitFor("Type yes: ");
  screen.sendLine("yes");
  await screen.waitFor(CONFIRM);
  await screen[Symbol.asyncDispose]();
  await suite.log.waitFor(LOGGED);
  assertAsBefore(original);
});

suite.test("when the watcher is killed, the command itself puts the file back", async () => {
  await using run = await changed();
  process.kill(watcherOf(run), "SIGKILL");
  await run.text.waitFor("/etc/pam.d/sudo is as it was.");
  assert.equal(await run.exit, 7);
  assertAsBefore(original);
});

/** Both processes end at once, as by a loss of power. */
async function lostPower(): Promise<void> {
  const run = await changed();
  const watcher = watcherOf(run);
  process.kill(watcher, "SIGSTOP");
  run.child.kill("SIGKILL");
  await run.exit;
  process.kill(watcher, "SIGKILL");
  assert.notDeepEqual(readFileSync(FILE), original);
}

suite.test("when both are killed, the next command puts the file back first", async () => {
  await lostPower();
  await using next = duogate(["disable", "sudo", "--yes"]);
  await next.text.waitFor("An earlier change of sudo was never confirmed. /etc/pam.d/sudo is as it was.");
  assert.equal(await next.exit, 1);
  assertAsBefore(original);
});

suite.test(
  "enable-recover, at the start of a machine, puts back what nobody looks after, and nothing else",
  async () => {
    await lostPower();
    await using recover = duogate(["enable-recover"]);
    await recover.text.waitFor("An earlier change of sudo was never confirmed. /etc/pam.d/sudo is as it was.");
    assert.equal(await recover.exit, 0);
    assertAsBefore(original);
    await using underWay = await changed();
    await using busy = duogate(["enable-recover"]);
    await busy.text.waitFor("is under way");
    assert.equal(await busy.exit, 3);
    assert.notDeepEqual(readFileSync(FILE), original);
    underWay.type("no");
    assert.equal(await underWay.exit, 7);
  },
);

suite.test("what somebody else wrote meanwhile stays, and duogate's lines go", async () => {
  await using run = await changed();
  writeFileSync(FILE, `${readFileSync(FILE, "utf8")}# by somebody else\n`);
  run.type("no");
  await run.text.waitFor("duogate's lines were taken out, the rest was left.");
  assert.equal(await run.exit, 7);
  assert.equal(readFileSync(FILE, "utf8"), `${original}# by somebody else\n`);
  writeFileSync(FILE, original);
});

suite.test("a full disk leaves the file as it was", async () => {
  execFileSync("cp", ["-a", "/etc/pam.d", "/run/private/pam.d"]);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k,mode=0755", "duogate-full", "/etc/pam.d"]);
  execFileSync("sh", [
    "-c",
    "cp -a /run/private/pam.d/. /etc/pam.d/ && cat /dev/zero >/etc/pam.d/filler 2>/dev/null; :",
  ]);
  await using run = duogate([...WITHOUT_TEST, "--yes"]);
  await run.text.waitFor("/etc/pam.d/sudo could not be replaced");
  await run.text.waitFor("/etc/pam.d/sudo is as it was.");
  assert.equal(await run.exit, 7);
  unlinkSync("/etc/pam.d/filler");
  assertAsBefore(original);
  execFileSync("umount", ["/etc/pam.d"]);
});
