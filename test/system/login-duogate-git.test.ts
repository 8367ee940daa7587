// git over ssh behind login_duogate: both directions carry binary data on standard output and input.

import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { sandboxed } from "../support/sandbox.ts";
import { startDaemon } from "../support/sandbox-daemon.ts";
import { FORCED, installLogin, keyClient, loginPath, startKeySshd } from "../support/sandbox-login.ts";
import { runWithoutTerminal } from "../support/sandbox-run.ts";
import { asUser } from "../support/sandbox-users.ts";

const suite = await sandboxed(import.meta.url, ["/usr/sbin/sshd", "ssh", "git", loginPath]);

const REPOSITORY = "/run/home/alice/repository.git";
let duo: Emulator;

suite.before(async () => {
  installLogin();
  duo = await startEmulator();
});
suite.after(() => duo.close());

async function must(argv: readonly string[]): Promise<string> {
  const { code, output } = await runWithoutTerminal(argv);
  assert.equal(code, 0, `${argv.join(" ")}: ${output}`);
  return output;
}

suite.test("git pushes and clones with one push to the phone each, and is refused without", async () => {
  duo.reset();
  duo.whenPushed("alice", "approve");
  await using _daemon = await startDaemon(duo);
  await using sshd = await startKeySshd([FORCED]);
  await must(asUser("alice", ["git", "init", "--quiet", "--bare", REPOSITORY]));
  const folder = mkdtempSync("/run/sandbox/git-");
  const git = (...args: readonly string[]) => [
    "env",
    `GIT_SSH_COMMAND=${keyClient(sshd.port, "alice").join(" ")}`,
    "git",
    ...args,
  ];
  const url = `ssh://alice@127.0.0.1:${sshd.port}${REPOSITORY}`;
  await must(git("init", "--quiet", "--initial-branch", "main", folder));
  const author = ["-c", "user.name=Alice", "-c", "user.email=alice@example.org"];
  await must(git("-C", folder, ...author, "commit", "--quiet", "--allow-empty", "-m", "first"));
  await must(git("-C", folder, "push", "--quiet", url, "main"));
  await must(git("clone", "--quiet", "--branch", "main", url, `${folder}/clone`));
  assert.match(await must(git("-C", `${folder}/clone`, "log", "--format=%s")), /^first$/mu);
  assert.equal(duo.pushes.length, 2);
  duo.whenPushed("alice", "deny");
  const refused = await runWithoutTerminal(git("clone", url, `${folder}/refused`));
  assert.notEqual(refused.code, 0);
  assert.match(refused.output, /Login request denied/u);
});
