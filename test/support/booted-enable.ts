// Switching duogate on behind the doors of a booted machine: by pam-auth-update, or by the README's own lines, which are
// read from the README, so that what is tested is what an administrator is told.

import { readFileSync } from "node:fs";
import type { Machine } from "./booted-machine.ts";
import { repositoryFile } from "./repository.ts";

/** sshd as the README wants it: PAM asks, and no other method lets in. */
export async function letPamAsk(machine: Machine): Promise<void> {
  const options = readme().matchAll(
    /`(UsePAM yes|KbdInteractiveAuthentication yes|AuthenticationMethods keyboard-interactive)`/gu,
  );
  const lines = [...new Set([...options].map((match) => match[1]))];
  if (lines.length !== 3) throw new Error(`the README names of sshd_config's lines only: ${lines.join(", ")}`);
  await machine.sh(
    `printf '%s\\n' '${lines.join("' '")}' >/etc/ssh/sshd_config.d/duogate.conf && systemctl reload ssh.service`,
  );
}

/** The README's line for /etc/pam.d, put right below common-auth in the files of these services. */
export async function addModuleLine(machine: Machine, services: readonly string[]): Promise<void> {
  const line = /^ +(auth +required +pam_duogate\.so.*)$/mu.exec(readme())?.[1];
  if (line === undefined) throw new Error("the README has no line for /etc/pam.d");
  for (const service of services) {
    await machine.sh(`
      sed -i '/^@include common-auth/a ${line}' /etc/pam.d/${service} &&
      grep -q '^${line}$' /etc/pam.d/${service}`);
  }
}

function readme(): string {
  return readFileSync(repositoryFile("README.md"), "utf8");
}
