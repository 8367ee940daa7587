// login.sock answers about the account that the asking program runs as, and the module applies the answer to PAM_USER: where
// these are two, nobody gets in and nobody is shown what is another's. The real module, in a program of another user's.

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { testFolder } from "../fault/command.ts";
import { modulePath, runModule } from "../support/pam-module.ts";
import { decision, loginRequests, type Stage, setStage } from "../support/pam-stage.ts";
import { repositoryFile } from "../support/repository.ts";

const harness = repositoryFile("native/build/pam-run");
const idOf = (option: string) => Number(spawnSync("id", [option, "nobody"]).stdout.toString());
const asNobody = { uid: idOf("-u"), gid: idOf("-g") };
const PAM_SUCCESS = 0;
const PAM_AUTH_ERR = 7;

function obstacle(): string | false {
  if (process.getuid?.() !== 0) return "needs root: only root can become another user";
  const readable = spawnSync("test", ["-r", modulePath()], asNobody).status === 0;
  return readable ? false : "needs a checkout that the user nobody can read";
}
const skip = obstacle();

interface Run {
  readonly code: number;
  readonly shown: string;
}

/** A PAM program that runs as nobody, as a web server runs as an account of its own, and authenticates `user`. */
async function authenticateAsNobody(t: Parameters<typeof setStage>[0], stage: Stage, user: string): Promise<Run> {
  chmodSync(stage.daemon.folder, 0o755);
  const confdir = testFolder(t);
  chmodSync(confdir, 0o755);
  const line = `auth required ${modulePath()} socket=${stage.daemon.loginSocket} owner=0`;
  writeFileSync(join(confdir, "web"), `${line}\n`, { mode: 0o644 });
  const args = ["--confdir", confdir, "--service", "web", "--user", user, "--no-log"];
  const { stdout } = await promisify(execFile)(harness, args, { ...asNobody, cwd: "/" });
  return { code: Number(/^result (\d+)$/m.exec(stdout)?.[1]), shown: stdout };
}

test("a program that is not root's gets no answer about itself for another account", { skip }, async (t) => {
  // nobody is outside the groups, so that an answer about nobody is an allow.
  const stage = await setStage(t, { duoLines: ["groups = root"] });
  const own = await authenticateAsNobody(t, stage, "nobody");
  assert.equal(own.code, PAM_SUCCESS, own.shown);
  const lines = stage.daemon.lines.length;
  const other = await authenticateAsNobody(t, stage, "root");
  assert.equal(other.code, PAM_AUTH_ERR, other.shown);
  assert.match(other.shown, /^error This program may ask duogate about the account that it runs as/m);
  const line = await decision(stage.daemon, lines);
  assert.deepEqual(
    [line["reason"], line["user"], line["claimed_user"], line["caller_uid"]],
    ["not-own-account", "nobody", "root", asNobody.uid],
  );
  assert.equal(loginRequests(stage.emulator).length, 0);
});

test("root's program with login.sock in its line gets no answer about root for another account", {
  skip,
}, async (t) => {
  const { daemon, emulator } = await setStage(t, { duoLines: ["groups = nogroup"] });
  const { code, spoken } = await runModule({ socket: daemon.loginSocket, user: "nobody", service: "sshd" });
  assert.equal(code, "PAM_AUTH_ERR", JSON.stringify(spoken));
  const line = await decision(daemon);
  assert.deepEqual([line["reason"], line["user"], line["claimed_user"]], ["not-own-account", "root", "nobody"]);
  assert.equal(loginRequests(emulator).length, 0);
});

test("nobody is shown another account's address for enrolment", { skip }, async (t) => {
  const stage = await setStage(t);
  stage.emulator.setUser("nobody", { status: "not_enrolled" });
  const own = await authenticateAsNobody(t, stage, "nobody");
  assert.match(own.shown, /https:/, "nobody's own address is nobody's to see");
  const other = await authenticateAsNobody(t, stage, "root");
  assert.deepEqual([other.code, /https:/.test(other.shown)], [PAM_AUTH_ERR, false], other.shown);
});
