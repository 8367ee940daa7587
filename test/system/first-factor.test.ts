// What proves nothing is no first factor: stacks of distributions in which a stranger gets as far as Duo, or past it, on a real
// sshd; what doctor says of them, and that `duogate enable` writes none of them.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import type { Finding } from "../../src/cli/doctor/finding.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { type SandboxDaemon, startDaemon } from "../support/sandbox-daemon.ts";
import { PROOF } from "../support/sandbox-doors.ts";
import { CONFIG, duogate, MAIN, prepareEnable } from "../support/sandbox-enable.ts";
import { duogateAuth, modulePath, UNIX_AUTH, writeStack } from "../support/sandbox-pam.ts";
import { runWithoutTerminal } from "../support/sandbox-run.ts";
import { sshCommand, startSshd } from "../support/sandbox-sshd.ts";
import { passwordOf } from "../support/sandbox-users.ts";
import { askedNames, choose, MENU } from "./stage.ts";

const suite = await sandboxed(import.meta.url, ["/usr/sbin/sshd", "ssh", modulePath]);

let duo: Emulator;
let daemon: SandboxDaemon;

suite.before(async () => {
  prepareEnable();
  duo = await startEmulator();
  daemon = await startDaemon(duo);
});
suite.after(async () => {
  await daemon[Symbol.asyncDispose]();
  await duo.close();
});

/** RHEL's own line for SELinux users, which asks nobody for anything. */
const KEY_STACK = ["auth requisite pam_sepermit.so", "auth required pam_env.so"];
const PASSWORD_AUTH = [
  "auth required pam_env.so",
  "auth required pam_faildelay.so delay=2000",
  "auth sufficient pam_unix.so nodelay",
  "auth required pam_deny.so",
];

async function findings(service: string, ...more: readonly string[]): Promise<readonly Finding[]> {
  const args = [MAIN, "doctor", "--json", "--offline", "--config", CONFIG, ...more];
  const { output } = await runWithoutTerminal([process.execPath, ...args]);
  const all: readonly Finding[] = JSON.parse(output).findings;
  return all.filter(({ area }) => area === `pam ${service}`);
}

const levels = (found: readonly Finding[]) => found.map(({ level, id }) => `${level} ${id}`);

/** What `duogate enable sshd` says of these auth lines. The file must stay as it is. */
async function refusal(lines: readonly string[], ...more: readonly string[]): Promise<string> {
  writeStack("sshd", lines);
  const before = readFileSync("/etc/pam.d/sshd");
  await using run = duogate(["enable", "sshd", "--no-test", "--yes", "--config", CONFIG, ...more]);
  assert.equal(await run.exit, 1, run.text.transcript);
  assert.deepEqual(readFileSync("/etc/pam.d/sshd"), before);
  return run.text.transcript;
}

suite.test(
  "modules that prove nothing: a stranger is in on an approved push; doctor says so, enable refuses",
  async () => {
    duo.reset();
    writeStack("sshd", [...KEY_STACK, duogateAuth()]);
    await using sshd = await startSshd();
    await using stranger = spawnPty([...sshCommand(sshd.port), "alice@127.0.0.1", PROOF]);
    duo.whenPushed("alice", "approve");
    await choose({ screen: stranger }, "1");
    await stranger.waitFor(/^in as alice$/mu);
    const found = await findings("sshd");
    assert.deepEqual(levels(found), ["danger pam-alone"]);
    assert.match(found[0]?.seen ?? "", /pam_sepermit, pam_env proves? nothing/u);
    assert.match(await refusal(KEY_STACK), /no auth line of \/etc\/pam\.d\/sshd asks for a password/u);
  },
);

suite.test(
  "Fedora's substack: a stranger with wrong passwords reads the phone's digits; doctor says so, enable refuses",
  async () => {
    duo.reset();
    writeFileSync("/etc/pam.d/password-auth", `${PASSWORD_AUTH.join("\n")}\n`);
    writeFileSync("/etc/pam.d/postlogin", "session optional pam_umask.so silent\n");
    const stock = ["auth substack password-auth", "auth include postlogin"];
    writeStack("sshd", [...stock, duogateAuth()]);
    await using sshd = await startSshd();
    await using stranger = spawnPty([...sshCommand(sshd.port), "alice@127.0.0.1", PROOF]);
    await stranger.waitFor("Password: ");
    stranger.sendLine("wrong");
    await stranger.waitFor(MENU);
    assert.match(stranger.transcript, /Duo Push to \S*X/u);
    assert.deepEqual(askedNames(duo), ["alice"]);
    assert.ok(levels(await findings("sshd")).includes("danger pam-rings-after-failure"));
    assert.match(await refusal(stock), /a wrong password would not end the stack: a stranger would be shown/u);
    assert.match(await refusal(stock.slice(0, 1)), /a wrong password would not end the stack/u);
  },
);

suite.test(
  "what enable shows instead for Fedora's file holds: a wrong password stays, a right one leads to Duo",
  async () => {
    duo.reset();
    const shown = await refusal(["auth substack password-auth", "auth include postlogin"]);
    const lines = [...shown.matchAll(/^duogate: {5}(auth .*?)\r?$/gmu)].map(([, line = ""]) => line);
    assert.equal(lines.length, 5, shown);
    writeStack(
      "sshd",
      lines.map((line) => line.replace("pam_duogate.so", `${modulePath} socket=/run/duogate/pam.sock`)),
    );
    await using sshd = await startSshd();
    await using screen = spawnPty([...sshCommand(sshd.port), "alice@127.0.0.1", PROOF]);
    await screen.waitFor("Password: ");
    screen.sendLine("wrong");
    await screen.waitFor("Password: ");
    assert.deepEqual(askedNames(duo), []);
    screen.sendLine(passwordOf("alice"));
    await choose({ screen }, "100001");
    await screen.waitFor(/^in as alice$/mu);
  },
);

suite.test("a module that nobody knows counts when the administrator says so, in doctor as in enable", async () => {
  // Linux-PAM's own pam_unix by a name that nobody knows stands for somebody's password module.
  const unknown = "/run/private/security/pam_brandnew.so";
  writeFileSync(unknown, readFileSync("/run/private/security/pam_unix.so"));
  const lines = [`auth requisite ${unknown}`];
  writeStack("sshd", [...lines, duogateAuth()]);
  assert.deepEqual(levels(await findings("sshd")), ["warning pam-unknown-module"]);
  assert.deepEqual(levels(await findings("sshd", "--first-factor", "pam_brandnew")), ["ok pam-asks"]);
  assert.match(await refusal(lines), /nothing is known of pam_brandnew; .* add --first-factor pam_brandnew/u);
  await using run = duogate([
    ...["enable", "sshd", "--no-test", "--yes", "--config", CONFIG],
    ...["--first-factor", "pam_brandnew.so"],
  ]);
  assert.equal(await run.exit, 0, run.text.transcript);
  await using wrong = duogate(["enable", "sudo", "--dry-run", "--first-factor", "pam_permit", "--config", CONFIG]);
  await wrong.text.waitFor("pam_permit asks nobody for anything");
  assert.equal(await wrong.exit, 2);
  writeStack("sshd", [UNIX_AUTH, duogateAuth()]);
});
