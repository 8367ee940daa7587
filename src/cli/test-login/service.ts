// Whether a service can be tested at all: libpam silently takes the service `other` where there is no file of that name, and
// the test would be of something else. Called by the commands test-login and enable.

import { isAbsolute } from "node:path";
import { folderSource, machineSource } from "../../host/pam/source.ts";

/** libpam takes names in small letters; the rest is what a file in /etc/pam.d is called. */
const NAME = /^[a-z0-9_][a-z0-9_.@-]{0,63}$/;

/** One sentence about what is wrong, or undefined. */
export function serviceFault(service: string, confdir: string | undefined): string | undefined {
  if (!NAME.test(service)) return "a service is the name of a file in /etc/pam.d, in small letters, such as sshd";
  if (confdir !== undefined && !isAbsolute(confdir)) return "--confdir wants an absolute path";
  const source = confdir === undefined ? machineSource() : folderSource([confdir]);
  const file = source.open(service);
  if (file.kind === "file") return undefined;
  if (file.kind === "unreadable") return `${file.path} cannot be read (${file.reason}): run this as root`;
  return `there is no ${confdir ?? "/etc/pam.d"}/${service}, and PAM would take the service "other" in its place`;
}
