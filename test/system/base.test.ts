// The sandbox with no second factor in it: sshd, su and sudo with pam_unix alone, and the log. Where these fail, the
// machine or the harness is at fault, not duogate.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { UNIX_AUTH, writeStack } from "../support/sandbox-pam.ts";
import { sshCommand, startSshd } from "../support/sandbox-sshd.ts";
import { asUser } from "../support/sandbox-users.ts";

const suite = await sandboxed(import.meta.url, ["/usr/sbin/sshd", "ssh", "sudo", "su"]);

suite.test("sshd lets alice in by password, and logs it", async () => {
  writeStack("sshd", [UNIX_AUTH]);
  await using sshd = await startSshd();
  const client = spawnPty([...sshCommand(sshd.port), "alice@127.0.0.1", "id -un"]);
  await client.waitFor("Password:");
  client.sendLine("wrong");
  await client.waitFor("Password:");
  await suite.log.waitFor(/pam_unix\(sshd:auth\): authentication failure.*user=alice/u);
  client.sendLine("alice-password");
  await client.waitFor(/^alice$/mu);
  assert.deepEqual(await client.exit, { code: 0, signal: null });
  await sshd.log.waitFor("Accepted keyboard-interactive/pam for alice");
});

suite.test("su and sudo ask for a password and run as the other user", async () => {
  writeStack("su", [UNIX_AUTH]);
  writeStack("sudo", [UNIX_AUTH]);
  writeFileSync("/etc/sudoers", "alice ALL=(ALL) ALL\n", { mode: 0o440 });
  const su = spawnPty(asUser("alice", ["su", "bob", "-c", "id -un"]));
  await su.waitFor("Password:");
  su.sendLine("bob-password");
  await su.waitFor(/^bob$/mu);
  const sudo = spawnPty(asUser("alice", ["sudo", "id", "-un"]));
  await sudo.waitFor("password for alice");
  sudo.sendLine("alice-password");
  await sudo.waitFor(/^root$/mu);
  assert.deepEqual(await Promise.all([su.exit, sudo.exit]), [
    { code: 0, signal: null },
    { code: 0, signal: null },
  ]);
});
