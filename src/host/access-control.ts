// Whether SELinux or AppArmor watches over this machine, and which of the programs that matter here they confine. Reads
// what the kernel shows; knows no policy. Called by cli/.

import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface AccessControl {
  readonly selinux: "absent" | "permissive" | "enforcing";
  /** Names of profiles by mode; undefined where AppArmor is absent, "unreadable" without root. */
  readonly apparmor: readonly { readonly profile: string; readonly mode: string }[] | "unreadable" | undefined;
}

export function accessControl(root = "/"): AccessControl {
  return { selinux: selinux(root), apparmor: apparmor(root) };
}

function selinux(root: string): AccessControl["selinux"] {
  const text = read(join(root, "sys/fs/selinux/enforce"));
  if (text === undefined || text === "unreadable") return "absent";
  return text.trim() === "1" ? "enforcing" : "permissive";
}

function apparmor(root: string): AccessControl["apparmor"] {
  const text = read(join(root, "sys/kernel/security/apparmor/profiles"));
  if (text === undefined || text === "unreadable") return text;
  return text.split("\n").flatMap((line) => {
    const [, profile, mode] = /^(.*) \((enforce|complain|kill|unconfined)\)$/.exec(line) ?? [];
    return profile === undefined || mode === undefined ? [] : [{ profile, mode }];
  });
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const forbidden = error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EPERM");
    return forbidden ? "unreadable" : undefined;
  }
}
