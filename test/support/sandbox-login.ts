// login_duogate in the sandbox: the program in a place that every user can reach, and an sshd that takes keys alone, so that
// what follows the key is login_duogate's affair. Writes only in the sandbox's private trees.

import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { repositoryFile } from "./repository.ts";
import { SANDBOX_VARIABLE } from "./sandbox.ts";
import { writeStack } from "./sandbox-pam.ts";
import { type Sshd, type SshOptions, sshCommand, startSshd } from "./sandbox-sshd.ts";
import { giveKey } from "./sandbox-users.ts";

export const loginPath = repositoryFile("native/build/login_duogate");
/** Where the sandbox's users find it. */
export const INSTALLED = "/run/sandbox/bin/login_duogate";
export const FORCED = `ForceCommand ${INSTALLED}`;

/** Puts the program in its place, and links that stand for shells beside it. */
export function installLogin(): void {
  if (process.env[SANDBOX_VARIABLE] === undefined)
    throw new Error("login_duogate is installed inside the sandbox only");
  mkdirSync("/run/sandbox/bin", { recursive: true, mode: 0o755 });
  copyFileSync(loginPath, INSTALLED);
  chmodSync(INSTALLED, 0o755);
  for (const shell of ["sh", "bash"]) {
    const link = `/run/sandbox/bin/duogate-${shell}`;
    if (!existsSync(link)) symlinkSync("login_duogate", link);
  }
}

/** An sshd that asks for a key only, with no second factor in PAM. */
export function startKeySshd(lines: readonly string[]): Promise<Sshd> {
  writeStack("sshd", []);
  return startSshd(["AuthenticationMethods publickey", ...lines]);
}

/** A client's program and options, with the user's key, up to the destination. */
export function keyClient(
  port: number,
  user: string,
  program: NonNullable<SshOptions["program"]> = "ssh",
  options: readonly string[] = [],
): readonly string[] {
  const all = [`IdentityFile=${giveKey(user)}`, ...options];
  return sshCommand(port, { program, methods: "publickey", options: all });
}

/** Puts `options` (such as command="…") before the user's key, and returns what keyClient does. */
export function restrictedClient(port: number, user: string, options: string): readonly string[] {
  const client = keyClient(port, user);
  const file = `/run/home/${user}/.ssh/authorized_keys`;
  const key = execFileSync("cat", [`/run/sandbox/${user}-key.pub`], { encoding: "utf8" });
  writeFileSync(file, `${options} ${key}`);
  return client;
}

export function setShell(user: string, shell: string): void {
  execFileSync("usermod", ["--shell", shell, user]);
}
