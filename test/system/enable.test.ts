// `duogate enable` and `disable` on the private machine: Debian's own PAM files, the real libpam, sshd, sudo and su, and what
// is refused. enable-rollback.test.ts has what can happen between the change and its yes.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { type Pty, spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { type SandboxDaemon, startDaemon } from "../support/sandbox-daemon.ts";
import { PROOF, sshDoor, suDoor, sudoDoor, writeSudoers } from "../support/sandbox-doors.ts";
import {
  assertAsBefore,
  CHANGED,
  CONFIG,
  CONFIRM,
  changed,
  duogate,
  FILE,
  MAIN,
  prepareEnable,
  WITHOUT_TEST,
} from "../support/sandbox-enable.ts";
import { modulePath } from "../support/sandbox-pam.ts";
import { makeKey, startSshd } from "../support/sandbox-sshd.ts";
import { asUser } from "../support/sandbox-users.ts";

const suite = await sandboxed(import.meta.url, [
  "/usr/sbin/sshd",
  "sudo",
  "su",
  "logger",
  "/usr/lib/pam.d",
  modulePath,
]);

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

suite.test("as a person does it: two test logins, a yes, a login that needs the factor, and out again", async () => {
  duo.reset();
  duo.whenPushed("alice", "approve");
  const before = statSync(FILE, { bigint: true });
  const screen = spawnPty([process.execPath, MAIN, "enable", "sudo", "--user", "alice", "--config", CONFIG]);
  await screen.waitFor('+# duogate: enabled by "duogate enable sudo"; ');
  await screen.waitFor("+auth    required    pam_duogate.so");
  await screen.waitFor("Type yes: ");
  screen.sendLine("yes");
  await screen.waitFor("Nothing is changed yet.");
  await testLogin(screen);
  assert.deepEqual(readFileSync(FILE), original);
  await screen.waitFor("PAM lets this user in.");
  await screen.waitFor(CHANGED);
  await testLogin(screen);
  await screen.waitFor(CONFIRM);
  screen.sendLine("perhaps");
  await screen.waitFor(CONFIRM);
  screen.sendLine("yes");
  await screen.waitFor("sudo asks for a second factor from now on.");
  assert.equal((await screen.exit).code, 0);
  assert.doesNotMatch(screen.transcript, /alice-password/u);

  await using login = await sudoDoor.open("alice");
  await login.waitFor(/Passcode or option/u);
  login.sendLine("1");
  await login.waitFor(/^in as root$/mu);
  const after = statSync(FILE, { bigint: true });
  assert.deepEqual([after.mode, after.uid, after.gid], [before.mode, before.uid, before.gid]);

  await using again = duogate(WITHOUT_TEST);
  await again.text.waitFor(/already enabled; duogate disable sudo takes it out/u);
  assert.equal(await again.exit, 1);

  await using out = duogate(["disable", "sudo"]);
  await out.text.waitFor("Type yes: ");
  out.type("yes");
  assert.equal(await out.exit, 0);
  assertAsBefore(original);
});

async function testLogin(screen: Pty): Promise<void> {
  await screen.waitFor("Password: ");
  screen.sendLine("alice-password");
  await screen.waitFor(/Passcode or option .*: /u);
  screen.sendLine("1");
}

suite.test("a test login that is refused changes nothing", async () => {
  await using run = duogate(["enable", "sudo", "--user", "alice", "--yes", "--config", CONFIG]);
  await run.text.waitFor("Password: ");
  run.type("wrong-password");
  await run.text.waitFor("Nothing was changed.");
  assert.equal(await run.exit, 6);
  assertAsBefore(original);
});

suite.test("one change of a service at a time", async () => {
  await using first = await changed();
  await using second = duogate([...WITHOUT_TEST, "--yes"]);
  await second.text.waitFor("another duogate enable or disable of sudo is under way");
  assert.equal(await second.exit, 3);
  first.type("yes");
  assert.equal(await first.exit, 0);
  await using out = duogate(["disable", "sudo", "--yes"]);
  assert.equal(await out.exit, 0);
  assertAsBefore(original);
});

suite.test("a line by hand is named and left; a stack that would be passed by is refused", async () => {
  writeFileSync(FILE, `${original}auth required pam_duogate.so\n`);
  await using out = duogate(["disable", "sudo", "--yes"]);
  await out.text.waitFor(/\/etc\/pam\.d\/sudo:\d+: auth required pam_duogate\.so/u);
  assert.equal(await out.exit, 1);
  writeFileSync(FILE, `auth sufficient pam_unix.so\n${original}`);
  await using passed = duogate([...WITHOUT_TEST, "--yes"]);
  await passed.text.waitFor("/etc/pam.d/sudo:1 lets users in past the module");
  assert.equal(await passed.exit, 1);
  writeFileSync(FILE, original);
  assertAsBefore(original);
});

suite.test("--dry-run shows and touches nothing, and anybody may ask", async () => {
  await using run = duogate(["enable", "sudo", "--dry-run", "--config", CONFIG]);
  await run.text.waitFor("+auth    required    pam_duogate.so");
  assert.equal(await run.exit, 0);
  assertAsBefore(original);
});

suite.test("su stays open to root, login and sshd are drafted behind the password", async () => {
  for (const [service, note] of [
    ["su", /note: root is not asked, as before: \/etc\/pam\.d\/su:\d+/u],
    ["sshd", /@include common-auth\n\+# duogate[\s\S]*note: WARNING: KbdInteractiveAuthentication is no/u],
    ["login", /@include common-auth\n\+# duogate/u],
  ] as const) {
    await using run = duogate(["enable", service, "--dry-run", "--config", CONFIG]);
    await run.text.waitFor(note);
    assert.equal(await run.exit, 0);
  }
});

suite.test("sudo: what stays open is told, with the command that closes it", async () => {
  writeSudoers(["Defaults:alice pam_service=sudo-plain", "Defaults!/usr/bin/id targetpw"]);
  writeFileSync("/etc/pam.d/sudo-plain", original);
  await using run = duogate(["enable", "sudo", "--dry-run", "--config", CONFIG]);
  await run.text.waitFor(/note: STAYS OPEN: sudo for alice asks through sudo-plain, .*: duogate enable sudo-plain\n/u);
  await run.text.waitFor(/note: STAYS OPEN: sudo -i asks through sudo-i, .*: duogate enable sudo-i\n/u);
  await run.text.waitFor(
    /note: WARNING: for the command \/usr\/bin\/id sudo asks for the password and the second factor/u,
  );
  assert.equal(await run.exit, 0);
  unlinkSync("/etc/pam.d/sudo-plain");
  writeSudoers();
});

suite.test("sshd that would not start again is not changed, and the line that wins is named", async () => {
  const [config, before] = ["/etc/ssh/sshd_config", readFileSync("/etc/pam.d/sshd")];
  const kept = readFileSync(config);
  makeKey("/run/sandbox/enable-host-key");
  writeFileSync("/etc/ssh/own.conf", "KbdInteractiveAuthentication no\n");
  const lines = [
    "HostKey /run/sandbox/enable-host-key",
    "Include own.conf",
    "UsePAM yes",
    "KbdInteractiveAuthentication yes",
  ];
  writeFileSync(config, [...lines, "AuthenticationMethods publickey,keyboard-interactive", ""].join("\n"));
  await using run = duogate(["enable", "sshd", "--no-test", "--yes", "--config", CONFIG]);
  await run.text.waitFor(
    /would not start again: Disabled method[\s\S]*at: \/etc\/ssh\/own\.conf:1\n[\s\S]*Nothing was changed\./u,
  );
  assert.equal(await run.exit, 1);
  assert.deepEqual(readFileSync("/etc/pam.d/sshd"), before);
  writeFileSync(config, kept);
  unlinkSync("/etc/ssh/own.conf");
});

const VENDOR = "/usr/lib/pam.d";
const COPY = "/etc/pam.d/dg-vendor";

/** A service whose file only a package has. */
function vendorService(): Buffer {
  if (!existsSync(`${VENDOR}/dg-vendor`))
    execFileSync("mount", ["-t", "tmpfs", "-o", "mode=0755", "duogate-vendor", VENDOR]);
  const text = "#%PAM-1.0\n@include common-auth\n@include common-account\nsession required pam_permit.so\n";
  writeFileSync(`${VENDOR}/dg-vendor`, text);
  return Buffer.from(text);
}

suite.test("a service of a package's: the file is copied, asked by libpam, and gone again", async () => {
  duo.reset();
  duo.whenPushed("alice", "approve");
  const text = vendorService();
  await using dry = duogate(["enable", "dg-vendor", "--dry-run", "--config", CONFIG]);
  await dry.text.waitFor(`--- ${VENDOR}/dg-vendor\n+++ ${COPY}, as it would be`);
  assert.equal(await dry.exit, 0, dry.text.transcript);
  assert.equal(existsSync(COPY), false);
  const put = spawnPty([process.execPath, MAIN, "enable", "dg-vendor", "--user", "alice", "--yes", "--config", CONFIG]);
  await testLogin(put);
  await put.waitFor("PAM lets this user in.");
  await put.waitFor(CHANGED);
  await testLogin(put);
  await put.waitFor("dg-vendor asks for a second factor from now on.");
  assert.equal((await put.exit).code, 0);
  assert.match(
    readFileSync(COPY, "utf8"),
    /the file is a copy of \/usr\/lib\/pam\.d\/dg-vendor; .*\nauth {4}required {4}pam_duogate\.so\n/,
  );
  assert.deepEqual(statSync(COPY).mode, statSync(`${VENDOR}/dg-vendor`).mode);
  await using again = duogate(["enable", "dg-vendor", "--no-test", "--yes", "--config", CONFIG]);
  await again.text.waitFor("already enabled; duogate disable dg-vendor takes it out");
  assert.equal(await again.exit, 1);
  await using out = duogate(["disable", "dg-vendor", "--yes"]);
  await out.text.waitFor(`${COPY} is gone, and ${VENDOR}/dg-vendor counts again`);
  assert.equal(await out.exit, 0);
  assert.equal(existsSync(COPY), false);
  assert.deepEqual(readFileSync(`${VENDOR}/dg-vendor`), text);
});

suite.test(
  "a copy that is not confirmed is gone again; one that somebody has changed stays, without the line",
  async () => {
    vendorService();
    await using left = duogate(["enable", "dg-vendor", "--no-test", "--config", CONFIG]);
    await left.text.waitFor("Go on with dg-vendor? Type yes: ");
    left.type("yes");
    await left.text.waitFor(CONFIRM);
    assert.ok(existsSync(COPY));
    left.type("no");
    await left.text.waitFor(`${COPY} is gone again, as it was.`);
    assert.equal(await left.exit, 7);
    assert.equal(existsSync(COPY), false);
    await using put = duogate(["enable", "dg-vendor", "--no-test", "--yes", "--config", CONFIG]);
    assert.equal(await put.exit, 0, put.text.transcript);
    writeFileSync(COPY, `${readFileSync(COPY, "utf8")}# own\n`);
    await using out = duogate(["disable", "dg-vendor", "--yes"]);
    assert.equal(await out.exit, 0, out.text.transcript);
    assert.equal(readFileSync(COPY, "utf8"), `${readFileSync(`${VENDOR}/dg-vendor`, "utf8")}# own\n`);
    unlinkSync(COPY);
  },
);

/** Puts the line into a service without a person, runs `body`, and takes it out again. */
async function enabled(service: string, body: () => Promise<void>): Promise<void> {
  const file = `/etc/pam.d/${service}`;
  const before = readFileSync(file);
  await using put = duogate(["enable", service, "--no-test", "--yes", "--config", CONFIG]);
  assert.equal(await put.exit, 0, put.text.transcript);
  duo.reset();
  await body();
  await using out = duogate(["disable", service, "--yes"]);
  assert.equal(await out.exit, 0, out.text.transcript);
  assert.deepEqual(readFileSync(file), before);
}

suite.test("sshd asks for password and factor with it", async () => {
  await enabled("sshd", async () => {
    await using sshd = await startSshd();
    await using screen = await sshDoor(sshd.port).open("alice");
    await screen.waitFor(/Passcode or option/u);
    screen.sendLine("100001");
    await screen.waitFor(/^in as alice$/mu);
  });
});

suite.test("su asks its user with it, and root as little as before", async () => {
  await enabled("su", async () => {
    await using screen = await suDoor.open("alice");
    await screen.waitFor(/Passcode or option/u);
    screen.sendLine("100001");
    await screen.waitFor(/^in as alice$/mu);
    await using root = spawnPty(["su", "alice", "-c", PROOF]);
    await root.waitFor(/^in as alice$/mu);
    assert.doesNotMatch(root.transcript, /Passcode/u);
  });
});

suite.test("a link inside the folder leads to its file, one that leads out is left alone", async () => {
  symlinkSync("sudo", "/etc/pam.d/sudo-too");
  await using inside = duogate(["enable", "sudo-too", "--dry-run", "--config", CONFIG]);
  await inside.text.waitFor("note: /etc/pam.d/sudo-too is a link: /etc/pam.d/sudo changes, for every service of it");
  assert.equal(await inside.exit, 0);
  unlinkSync("/etc/pam.d/sudo-too");
  copyFileSync(FILE, "/etc/elsewhere");
  symlinkSync("/etc/elsewhere", "/etc/pam.d/sudo-out");
  await using outside = duogate(["enable", "sudo-out", "--no-test", "--yes", "--config", CONFIG]);
  await outside.text.waitFor("is a link to /etc/elsewhere, which another program looks after");
  assert.equal(await outside.exit, 1);
  unlinkSync("/etc/pam.d/sudo-out");
  assert.deepEqual(readFileSync("/etc/elsewhere"), original);
});

suite.test("without a daemon, or with a configuration that is not valid, nothing is enabled", async () => {
  await daemon.kill("SIGTERM");
  await using lone = duogate([...WITHOUT_TEST, "--yes"]);
  await lone.text.waitFor("without a running daemon every login would be refused");
  assert.equal(await lone.exit, 3);
  writeFileSync("/run/duogate/broken.conf", "[duo]\n", { mode: 0o600 });
  await using broken = duogate(["enable", "sudo", "--yes", "--config", "/run/duogate/broken.conf"]);
  await broken.text.waitFor("not configured yet");
  assert.equal(await broken.exit, 1);
  assertAsBefore(original);
  await using login = spawnPty(asUser("alice", ["sudo", "sh", "-c", PROOF]));
  await login.waitFor(/password.*: $/iu);
  login.sendLine("alice-password");
  await login.waitFor(/^in as root$/mu);
});
