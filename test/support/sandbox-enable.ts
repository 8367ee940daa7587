// `duogate enable` in the sandbox: the module where libpam looks for it, a private /var/lib for what waits for its yes, and the
// command as a process that can be typed to and killed. Writes only in the sandbox's private trees.

import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { moduleFolder } from "../../src/host/pam/module-file.ts";
import { PtyText } from "./pty-text.ts";
import { repositoryFile } from "./repository.ts";
import { SANDBOX_VARIABLE } from "./sandbox.ts";
import { writeSudoers } from "./sandbox-doors.ts";
import { modulePath } from "./sandbox-pam.ts";

export const MAIN = repositoryFile("dist/src/main.js");
export const CONFIG = "/run/duogate/duogate.conf";
export const FILE = "/etc/pam.d/sudo";
export const CHANGED = "goes back by itself in";
export const CONFIRM = "Type yes when it has worked, no to take it back: ";
export const WITHOUT_TEST = ["enable", "sudo", "--no-test", "--config", CONFIG];
/** What the watcher writes into the system log. */
export const LOGGED = /duogate: enable sudo: not confirmed\. \/etc\/pam\.d\/sudo is as it was\./u;
const STATE = "/var/lib/duogate/enable";
const WAIT_MS = 40_000;

/** Debian's own sudo file, before anything. */
export function prepareEnable(): Buffer {
  if (process.env[SANDBOX_VARIABLE] === undefined) throw new Error("PAM files are changed inside the sandbox only");
  const folder = moduleFolder();
  assert.ok(folder !== undefined);
  execFileSync("cp", ["-a", folder, "/run/private/security"]);
  copyFileSync(modulePath, "/run/private/security/pam_duogate.so");
  execFileSync("mount", ["--bind", "/run/private/security", folder]);
  execFileSync("mount", ["-t", "tmpfs", "-o", "mode=0755", "duogate-var", "/var/lib"]);
  mkdirSync("/var/lib/sudo", { mode: 0o700 });
  writeSudoers();
  return readFileSync(FILE);
}

export interface Run extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly text: PtyText;
  type(line: string): void;
  readonly exit: Promise<number | string>;
}

/** duogate with its standard input as a pipe, so that it can be killed by its number. */
export function duogate(args: readonly string[]): Run {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: "/", stdio: ["pipe", "pipe", "pipe"] });
  const text = new PtyText(`duogate ${args.join(" ")}`, WAIT_MS);
  const [out, err] = [child.stdout, child.stderr];
  out.setEncoding("utf8").on("data", (chunk: string) => text.feed(chunk));
  err.setEncoding("utf8").on("data", (chunk: string) => text.feed(chunk));
  child.stdin.on("error", () => undefined);
  const exit = once(child, "close").then(([code, signal]) => {
    text.end("duogate ended");
    return (code ?? signal) as number | string;
  });
  return {
    child,
    text,
    type: (line) => void child.stdin.write(`${line}\n`),
    exit,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}

/** Up to the question whether it has worked: the file is changed. */
export async function changed(...more: readonly string[]): Promise<Run> {
  const run = duogate([...WITHOUT_TEST, ...more]);
  await run.text.waitFor("Go on with sudo? Type yes: ");
  run.type("yes");
  await run.text.waitFor(CHANGED);
  await run.text.waitFor(CONFIRM);
  assert.match(readFileSync(FILE, "utf8"), /\nauth {4}required {4}pam_duogate\.so\n/);
  return run;
}

/** The process number of the watcher that the command has started. */
export function watcherOf({ child }: Run): number {
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ");
  const watcher = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("watch-child.js"));
  assert.ok(watcher !== undefined, "there is no watcher");
  return Number(watcher);
}

/** Nothing is left of the change but the backup and the lock. */
export function assertAsBefore(original: Buffer): void {
  assert.deepEqual(readFileSync(FILE), original);
  assert.deepEqual(
    readdirSync("/etc/pam.d").filter((name) => name.includes("duogate")),
    [],
  );
  const left = readdirSync(STATE).filter((name) => !/\.(before|lock)$/.test(name));
  assert.deepEqual(left, []);
}
