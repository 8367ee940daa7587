// Callers without a person at the keyboard: copies, batch mode, the password method, sudo -n and sudo -S as ansible uses
// it. Each gets autopush or is refused at once; nobody waits for an answer that cannot come.

import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { type SandboxDaemonOptions, startDaemon } from "../support/sandbox-daemon.ts";
import { PROOF, writeLoginStacks, writeSudoers } from "../support/sandbox-doors.ts";
import { duogateAuth, modulePath, writeStack } from "../support/sandbox-pam.ts";
import { runWithoutTerminal } from "../support/sandbox-run.ts";
import { type Sshd, type SshOptions, sshCommand, startSshd } from "../support/sandbox-sshd.ts";
import { asUser, giveKey, passwordOf } from "../support/sandbox-users.ts";

const suite = await sandboxed(import.meta.url, ["/usr/sbin/sshd", "ssh", "scp", "sftp", "rsync", "sudo", modulePath]);

const AUTOPUSH: SandboxDaemonOptions = { duoLines: ["autopush = yes"] };
const SOURCE = "/run/sandbox/letter";
const TARGET = "/run/home/alice/letter";

let duo: Emulator;
let sshd: Sshd;

suite.before(async () => {
  writeFileSync(SOURCE, "a letter\n");
  writeSudoers();
  duo = await startEmulator();
  sshd = await startSshd([
    "AuthenticationMethods publickey,keyboard-interactive:pam password",
    "PasswordAuthentication yes",
  ]);
});
suite.after(async () => {
  await sshd[Symbol.asyncDispose]();
  await duo.close();
});

/** A client with alice's key, and PAM that asks for the second factor alone. */
function keyCommand(program: NonNullable<SshOptions["program"]>, options: readonly string[] = []): readonly string[] {
  writeStack("sshd", [duogateAuth()]);
  const all = [`IdentityFile=${giveKey("alice")}`, ...options];
  return sshCommand(sshd.port, { program, methods: "publickey,keyboard-interactive", options: all });
}

type Copy = readonly [name: string, argv: () => readonly string[], input: string];

const COPIES: readonly Copy[] = [
  ["scp", () => [...keyCommand("scp"), SOURCE, `alice@127.0.0.1:${TARGET}`], ""],
  ["sftp", () => [...keyCommand("sftp"), "alice@127.0.0.1"], `put ${SOURCE} ${TARGET}\n`],
  ["rsync", () => ["rsync", "-e", keyCommand("ssh").join(" "), SOURCE, `alice@127.0.0.1:${TARGET}`], ""],
];

for (const [name, argv, input] of COPIES) {
  suite.test(`${name} with autopush copies without a question`, async () => {
    duo.reset();
    duo.whenPushed("alice", "approve");
    rmSync(TARGET, { force: true });
    await using _daemon = await startDaemon(duo, AUTOPUSH);
    const { code, output } = await runWithoutTerminal(argv(), input);
    assert.equal(code, 0, output);
    assert.equal(readFileSync(TARGET, "utf8"), "a letter\n");
    assert.equal(duo.pushes.length, 1);
  });

  suite.test(`${name} with autopush copies nothing when the push is denied, and pushes once`, async () => {
    duo.reset();
    duo.whenPushed("alice", "deny");
    rmSync(TARGET, { force: true });
    await using _daemon = await startDaemon(duo, AUTOPUSH);
    const { code, output } = await runWithoutTerminal(argv(), input);
    assert.notEqual(code, 0, output);
    assert.notEqual(code, null, output);
    assert.equal(existsSync(TARGET), false);
    assert.equal(duo.pushes.length, 1);
  });
}

suite.test("ssh in batch mode is refused at once and rings nobody", async () => {
  duo.reset();
  await using _daemon = await startDaemon(duo);
  const argv = [...keyCommand("ssh", ["BatchMode=yes"]), "alice@127.0.0.1", PROOF];
  const { code, output } = await runWithoutTerminal(argv);
  assert.equal(code, 255, output);
  assert.match(output, /Permission denied \([^)]*keyboard-interactive\)/u);
  assert.equal(duo.pushes.length, 0);
});

// The client answers every question with an empty line when it has no terminal.
suite.test("ssh without a terminal and without autopush is refused at once and rings nobody", async () => {
  duo.reset();
  duo.whenPushed("alice", "approve");
  await using daemon = await startDaemon(duo);
  const { code, output } = await runWithoutTerminal([...keyCommand("ssh"), "alice@127.0.0.1", PROOF]);
  assert.equal(code, 255, output);
  assert.match(output, /Permission denied/u);
  const decision = await daemon.decision();
  assert.deepEqual([decision["verdict"], decision["reason"]], ["deny", "no-conversation"]);
  assert.equal(duo.pushes.length, 0);
});

suite.test("ssh without a terminal and with autopush sends no verified push, whose code nobody sees", async () => {
  duo.reset();
  duo.setPolicy({ verifiedPushDigits: 6 });
  await using _daemon = await startDaemon(duo, AUTOPUSH);
  const { code, output } = await runWithoutTerminal([...keyCommand("ssh"), "alice@127.0.0.1", PROOF]);
  assert.equal(code, 255, output);
  assert.equal(duo.pushes.length, 0);
});

/** The password method: sshd's conversation answers one hidden prompt and fails every other. */
function passwordClient() {
  writeLoginStacks();
  const settings = { methods: "password", options: ["NumberOfPasswordPrompts=1"] };
  return spawnPty([...sshCommand(sshd.port, settings), "alice@127.0.0.1", PROOF]);
}

suite.test("sshd's password method works with autopush", async () => {
  duo.reset();
  duo.whenPushed("alice", "approve");
  await using _daemon = await startDaemon(duo, AUTOPUSH);
  await using client = passwordClient();
  await client.waitFor("password: ");
  client.sendLine(passwordOf("alice"));
  await client.waitFor(/^in as alice$/mu);
});

suite.test("sshd's password method without autopush is refused at once and rings nobody", async () => {
  duo.reset();
  await using daemon = await startDaemon(duo);
  await using client = passwordClient();
  await client.waitFor("password: ");
  client.sendLine(passwordOf("alice"));
  await client.waitFor("Permission denied");
  assert.equal((await client.exit).code, 255);
  assert.equal((await daemon.decision())["verdict"], "aborted");
  assert.equal(duo.pushes.length, 0);
});

suite.test("a verified push whose code cannot be shown is refused at once and not sent", async () => {
  duo.reset();
  duo.setPolicy({ verifiedPushDigits: 6 });
  await using daemon = await startDaemon(duo, AUTOPUSH);
  await using client = passwordClient();
  await client.waitFor("password: ");
  client.sendLine(passwordOf("alice"));
  await client.waitFor("Permission denied");
  assert.notEqual((await daemon.decision())["verdict"], "allow");
  assert.equal((await client.exit).code, 255);
  assert.equal(duo.pushes.length, 0);
});

suite.test("sudo -n is refused at once and asks nobody", async () => {
  duo.reset();
  writeLoginStacks();
  await using _daemon = await startDaemon(duo);
  const { code, output } = await runWithoutTerminal(asUser("alice", ["sudo", "-n", "sh", "-c", PROOF]));
  assert.equal(code, 1);
  assert.match(output, /a password is required/u);
  assert.equal(duo.pushes.length, 0);
});

type SudoRow = readonly [name: string, prepare: () => void, argv: readonly string[], input: string];

const SUDO: readonly SudoRow[] = [
  [
    "sudo -n that does call PAM",
    () => {
      writeStack("sudo", [duogateAuth()]);
      writeSudoers(["Defaults noninteractive_auth"]);
    },
    ["sudo", "-n", "sh", "-c", PROOF],
    "",
  ],
  [
    "sudo -S, as ansible calls it,",
    () => {
      writeLoginStacks();
      writeSudoers();
    },
    ["sudo", "-H", "-S", "-p", "password:", "sh", "-c", PROOF],
    `${passwordOf("alice")}\n`,
  ],
];

for (const [name, prepare, argv, input] of SUDO) {
  suite.test(`${name} gets in with autopush`, async () => {
    duo.reset();
    duo.whenPushed("alice", "approve");
    prepare();
    await using _daemon = await startDaemon(duo, AUTOPUSH);
    const { output } = await runWithoutTerminal(asUser("alice", argv), input);
    assert.match(output, /^in as root$/mu);
    assert.equal(duo.pushes.length, 1);
  });

  suite.test(`${name} is refused at once without autopush and rings nobody`, async () => {
    duo.reset();
    prepare();
    await using _daemon = await startDaemon(duo);
    const { code, output } = await runWithoutTerminal(asUser("alice", argv), input);
    assert.equal(code, 1, output);
    assert.doesNotMatch(output, /in as/u);
    assert.equal(duo.pushes.length, 0);
  });
}
