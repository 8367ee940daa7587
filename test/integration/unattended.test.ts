// `sudo -n` of sudo-rs, which calls PAM where sudo does not: messages are taken, every prompt fails, and nothing but its own
// command line tells. A shell's prompt that runs `sudo -n true` each time must ring no phone. pam-run speaks as sudo-rs does.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { modulePath } from "../support/pam-module.ts";
import { decision, type Stage, setStage } from "../support/pam-stage.ts";
import { repositoryFile } from "../support/repository.ts";

const SUCCESS = 0;
const AUTH_ERR = 7;

/** A stack of duogate alone, with autopush. */
function autopushing(t: TestContext): Promise<Stage> {
  return setStage(t, { duoLines: ["autopush = yes"] });
}

/** What pam-run printed: a line for each message and prompt, and the code. */
async function authenticate({ daemon }: Stage, user: string, option: string): Promise<readonly string[]> {
  const confdir = join(daemon.folder, "pam.d");
  mkdirSync(confdir, { recursive: true });
  const line = `auth required ${modulePath()} socket=${daemon.pamSocket} owner=${process.getuid?.() ?? 0}`;
  writeFileSync(join(confdir, "sudo"), `${line}\n`);
  const program = repositoryFile("native/build/pam-run");
  const args = [option, "--confdir", confdir, "--service", "sudo", "--user", user];
  const { stdout } = await promisify(execFile)(program, args, { env: {}, timeout: 20_000 });
  return stdout.split("\n").filter((text) => text !== "" && !/^(?:descriptors|log) /.test(text));
}

test("sudo -n with autopush is refused at once, in silence, and rings nobody", async (t) => {
  const stage = await autopushing(t);
  for (const option of ["-n", "--non-interactive"]) {
    const after = stage.daemon.lines.length;
    assert.deepEqual(await authenticate(stage, "alice", option), [`result ${AUTH_ERR}`]);
    assert.equal((await decision(stage.daemon, after))["reason"], "no-conversation");
  }
  assert.equal(stage.emulator.pushes.length, 0);
});

test("sudo -n lets in who needs no factor", async (t) => {
  const stage = await autopushing(t);
  assert.deepEqual(await authenticate(stage, "carol", "-n"), [`result ${SUCCESS}`]);
});
