// login_duogate for shared accounts (command= and -f in authorized_keys) and as an account's own shell.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { startDaemon } from "../support/sandbox-daemon.ts";
import {
  INSTALLED,
  installLogin,
  keyClient,
  loginPath,
  restrictedClient,
  setShell,
  startKeySshd,
} from "../support/sandbox-login.ts";
import { UNIX_AUTH, writeStack } from "../support/sandbox-pam.ts";
import { runWithoutTerminal } from "../support/sandbox-run.ts";
import type { Sshd } from "../support/sandbox-sshd.ts";
import { asUser } from "../support/sandbox-users.ts";
import { askedNames, choose, ring } from "./stage.ts";

const suite = await sandboxed(import.meta.url, ["/usr/sbin/sshd", "ssh", "sftp", "su", "/bin/bash", loginPath]);

const MAPPED = { gatewayLines: ["login_users = bob:alice"] };

let duo: Emulator;
let sshd: Sshd;

suite.before(async () => {
  installLogin();
  duo = await startEmulator();
  sshd = await startKeySshd([]);
});
suite.after(async () => {
  await sshd[Symbol.asyncDispose]();
  await duo.close();
});

/** ssh to bob's account with a key that login_duogate guards, with these options of its own. */
function guarded(options: string): readonly string[] {
  return [...restrictedClient(sshd.port, "bob", `command="${INSTALLED} ${options}"`), "bob@127.0.0.1"];
}

suite.test("-f asks for the mapped name where login_users has the pair", async () => {
  duo.reset();
  await using daemon = await startDaemon(duo, MAPPED);
  await using screen = spawnPty(guarded("-f alice"));
  await screen.waitFor("Duo two-factor login for alice");
  await choose({ screen }, "100001");
  await screen.waitFor(/\$ $/u);
  screen.sendLine('echo "in as $(id -un)"; exit');
  await screen.waitFor("in as bob\n");
  const decision = await daemon.decision();
  assert.deepEqual([decision["user"], decision["duo_user"]], ["bob", "alice"]);
  assert.deepEqual(askedNames(duo), ["alice"]);
});

const REFUSED: readonly (readonly [string, string, typeof MAPPED | undefined])[] = [
  ["another Duo name than the pair's", "-f carol", MAPPED],
  ["the pair's name in capitals", "-f Alice", MAPPED],
  ["any name where there are no pairs", "-f alice", undefined],
];
for (const [name, options, config] of REFUSED) {
  suite.test(`-f with ${name} is refused, and Duo is not asked`, async () => {
    duo.reset();
    await using daemon = await startDaemon(duo, config);
    const { code, output } = await runWithoutTerminal([...guarded(options), "echo", "in"]);
    assert.equal(code, 1);
    assert.equal(output, "This account may not log in under that Duo user name. Contact your administrator.\n");
    assert.equal((await daemon.decision())["reason"], "mapping-not-allowed");
    assert.deepEqual(askedNames(duo), []);
  });
}

suite.test("a user who runs it by hand with another's name is refused as well", async () => {
  duo.reset();
  await using daemon = await startDaemon(duo, MAPPED);
  const { code } = await runWithoutTerminal(asUser("carol", [INSTALLED, "-f", "alice", "echo", "in"]));
  assert.equal(code, 1);
  const { user, reason } = await daemon.decision();
  assert.deepEqual([user, reason], ["carol", "mapping-not-allowed"]);
});

suite.test("-h is the address where sshd set none, and is no more trusted", async () => {
  duo.reset();
  await using daemon = await startDaemon(duo);
  const { code, output } = await runWithoutTerminal(asUser("carol", [INSTALLED, "-h", "198.51.100.7", "echo", "in"]));
  assert.deepEqual([code, output], [0, "in\n"]);
  const { rhost, rhost_trusted: trusted } = await daemon.decision();
  assert.deepEqual([rhost, trusted], ["198.51.100.7", false]);
  assert.equal(duo.requests.find(({ endpoint }) => endpoint === "preauth")?.params["ipaddr"], undefined);
});

for (const [link, shell] of [
  ["/run/sandbox/bin/duogate-bash", "/bin/bash"],
  [INSTALLED, "/bin/sh"],
] as const) {
  suite.test(`as the shell field's ${link} it guards logins and commands, and becomes ${shell}`, async () => {
    duo.reset();
    duo.whenPushed("alice", "approve");
    setShell("alice", link);
    await using _daemon = await startDaemon(duo);
    const client = [...keyClient(sshd.port, "alice"), "alice@127.0.0.1"];
    await using screen = spawnPty(client);
    await choose({ screen }, "1");
    await ring(duo, "alice");
    await screen.waitFor(/[$] $/u);
    screen.sendLine('echo "in by $0 with $SHELL"; exit 6');
    await screen.waitFor(`in by -${shell.slice(5)} with ${shell}\n`);
    assert.equal((await screen.exit).code, 6);
    const command = await runWithoutTerminal([...client, 'echo "$0 got it"; exit 3']);
    assert.deepEqual(command, { code: 3, signal: null, output: `${shell.slice(5)} got it\n` });
    assert.equal(duo.pushes.length, 2);
    duo.whenPushed("alice", "deny");
    const denied = await runWithoutTerminal([...client, "echo", "in"]);
    assert.equal(denied.code, 1);
    assert.doesNotMatch(denied.output, /^in$/mu);
  });
}

// Who knows the password chooses the arguments that su hands on: they must not name another daemon.
suite.test("as the shell field it takes no options from the caller of su", async () => {
  duo.reset();
  writeStack("su", [UNIX_AUTH]);
  setShell("alice", INSTALLED);
  await using _daemon = await startDaemon(duo);
  for (const args of [
    ["-o", "socket=/run/home/bob/own.sock"],
    ["-f", "carol"],
    ["echo", "in"],
  ]) {
    await using screen = spawnPty(asUser("bob", ["su", "alice", "--", ...args]));
    await screen.waitFor("Password: ");
    screen.sendLine("alice-password");
    await screen.waitFor("as an account's shell it takes -c and nothing else");
    assert.equal((await screen.exit).code, 1);
  }
  assert.deepEqual(askedNames(duo), []);
  await using screen = spawnPty(asUser("bob", ["su", "alice", "-c", "echo in as $(id -un)"]));
  await screen.waitFor("Password: ");
  screen.sendLine("alice-password");
  await choose({ screen }, "100001");
  await screen.waitFor(/^in as alice$/mu);
});

suite.test("an account whose shell it is, is not let through another login_duogate with options", async () => {
  duo.reset();
  duo.whenPushed("bob", "approve");
  setShell("bob", INSTALLED);
  await using _daemon = await startDaemon(duo, MAPPED);
  const { code, output } = await runWithoutTerminal([...guarded("-f alice"), "echo", "in"]);
  setShell("bob", "/bin/sh");
  assert.equal(code, 1);
  assert.match(output, /ForceCommand and command= are for accounts with another shell/u);
});

// What the manual page warns of.
suite.test("sshd's internal-sftp starts no shell, so that a shell field does not guard it", async () => {
  duo.reset();
  setShell("alice", INSTALLED);
  writeFileSync("/run/home/alice/letter", "a letter\n");
  await using _daemon = await startDaemon(duo);
  const argv = [...keyClient(sshd.port, "alice", "sftp"), "alice@127.0.0.1"];
  const { code, output } = await runWithoutTerminal(argv, "ls letter\n");
  assert.equal(code, 0, output);
  assert.deepEqual(askedNames(duo), []);
});

suite.test("an empty shell field means /bin/sh", async () => {
  duo.reset();
  setShell("carol", "");
  await using _daemon = await startDaemon(duo);
  const run = await runWithoutTerminal(asUser("carol", [INSTALLED, "echo", "$0"]));
  assert.deepEqual([run.code, run.output], [0, "sh\n"]);
});

suite.test("a shell that cannot be started is named, with status 1", async () => {
  duo.reset();
  setShell("carol", "/run/sandbox/no-such-shell");
  await using _daemon = await startDaemon(duo);
  const run = await runWithoutTerminal(asUser("carol", [INSTALLED, "echo", "in"]));
  assert.deepEqual([run.code, run.output], [1, "/run/sandbox/no-such-shell: No such file or directory\n"]);
});
