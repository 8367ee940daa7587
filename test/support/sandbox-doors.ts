// The three doors that a person knocks at: sshd, sudo and su, each driven up to the point where the password has been
// typed and the second factor begins. What happens then is the same conversation behind every door.

import { writeFileSync } from "node:fs";
import { type Pty, spawnPty } from "./pty.ts";
import { duogateAuth, UNIX_AUTH, writeStack } from "./sandbox-pam.ts";
import { type SshOptions, sshCommand } from "./sandbox-sshd.ts";
import { asUser, passwordOf } from "./sandbox-users.ts";

/** What is run behind the door. Its output proves who is in. */
export const PROOF = "echo in as $(id -un)";

export interface Door {
  readonly service: "sshd" | "sudo" | "su";
  /** Status texts appear when they are sent; OpenSSH before 2026 holds them back until the next prompt. */
  readonly showsStatusAtOnce: boolean;
  /** As whom one is in: sudo's PAM user is the caller, who becomes root. */
  inAs(user: string): string;
  /** Knocks as `user`, types the password, and hands the terminal over. */
  open(user: string): Promise<Pty>;
}

/** Password first, then duogate, for all three services; `extra` are more arguments of the module. */
export function writeLoginStacks(extra = ""): void {
  for (const service of ["sshd", "sudo", "su"]) {
    writeStack(service, [UNIX_AUTH, duogateAuth(extra)]);
  }
}

/** Everybody may use sudo; no ticket is kept, and a refusal is not asked again. `extra` are more lines. */
export function writeSudoers(extra: readonly string[] = []): void {
  const lines = ["Defaults timestamp_timeout=0, passwd_tries=1", ...extra, "ALL ALL=(ALL) ALL", ""];
  writeFileSync("/etc/sudoers", lines.join("\n"), { mode: 0o440 });
}

export function sshDoor(port: number, settings: SshOptions = {}): Door {
  // The client takes the first value of each option.
  const options = [...(settings.options ?? []), "NumberOfPasswordPrompts=1"];
  return {
    service: "sshd",
    showsStatusAtOnce: false,
    inAs: (user) => user,
    open: (user) => open([...sshCommand(port, { ...settings, options }), `${user}@127.0.0.1`, PROOF], passwordOf(user)),
  };
}

export const sudoDoor: Door = {
  service: "sudo",
  showsStatusAtOnce: true,
  inAs: () => "root",
  open: (user) => open(asUser(user, ["sudo", "sh", "-c", PROOF]), passwordOf(user)),
};

/** bob becomes `user`: for every target but root, su asks for the target. */
export const suDoor: Door = {
  service: "su",
  showsStatusAtOnce: true,
  inAs: (user) => user,
  open: (user) => open(asUser("bob", ["su", user, "-c", PROOF]), passwordOf(user)),
};

async function open(argv: readonly string[], password: string): Promise<Pty> {
  const screen = spawnPty(argv);
  await screen.waitFor(/password.*: $/iu);
  screen.sendLine(password);
  return screen;
}
