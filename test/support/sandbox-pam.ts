// The PAM stacks of the sandbox: short and complete, so that a test shows on one screen what decides. The module's
// line is the one that the README tells people to add. Writes only in the sandbox's private /etc.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryFile } from "./repository.ts";
import { SANDBOX_VARIABLE } from "./sandbox.ts";

export const modulePath = repositoryFile("native/build/pam_duogate.so");

export const UNIX_AUTH = "auth requisite pam_unix.so nodelay";

/** The module's line, with `extra` arguments after the socket's. */
export function duogateAuth(extra = ""): string {
  return `auth required ${modulePath} socket=/run/duogate/pam.sock ${extra}`.trimEnd();
}

/** Replaces the private /etc/pam.d/SERVICE by these auth lines and a plain account and session part. */
export function writeStack(service: string, auth: readonly string[]): void {
  if (process.env[SANDBOX_VARIABLE] === undefined) {
    throw new Error("PAM stacks are written inside the sandbox only");
  }
  const rest = ["account required pam_unix.so", "session required pam_permit.so"];
  writeFileSync(join("/etc/pam.d", service), [...auth, ...rest, ""].join("\n"));
}
