// The people of the sandbox: how to run a program as one of them, as their login would have left things. Their
// names and passwords are made by sandbox.sh.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { makeKey } from "./sandbox-sshd.ts";

/** The password of each user that sandbox.sh makes, and of root. */
export function passwordOf(user: string): string {
  return `${user}-password`;
}

/** A command line that runs `argv` as `user`, with the user's groups and nothing of root's environment. */
export function asUser(user: string, argv: readonly string[]): readonly string[] {
  const environment = [`USER=${user}`, `LOGNAME=${user}`, `HOME=/run/home/${user}`, "LC_ALL=C.UTF-8", "TERM=xterm"];
  const path = "PATH=/usr/local/bin:/usr/bin:/bin";
  return ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "env", "-i", path, ...environment, ...argv];
}

/** Gives `user` a key that logs in, and returns the path of its private half. */
export function giveKey(user: string): string {
  const path = `/run/sandbox/${user}-key`;
  makeKey(path);
  const folder = `/run/home/${user}/.ssh`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copyFileSync(`${path}.pub`, `${folder}/authorized_keys`);
  execFileSync("chown", ["-R", `${user}:`, folder]);
  return path;
}
