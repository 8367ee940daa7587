// Runs shell scripts, as root, in a throw-away copy of this machine's file system with a recording stand-in for systemd.
// What they do to packages and to /etc ends with them. Called by the package tests.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryFile } from "./repository.ts";

const NAMESPACES = ["--mount", "--propagation", "private", "--pid", "--net", "--fork", "--kill-child"];
const LIMIT_MS = 110_000;

/**
 * What every script can use. `systemd` makes the machine look as if systemd ran: what the package's scripts ask of it is
 * in /run/calls, `is-active` says what /run/active says. Enabling units is files alone, and real. `say NAME` begins a part of the output.
 */
const TOOLS = `
set -u
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
say() { printf '\\n=== %s\\n' "$1"; }
code() { "$@"; printf 'exit code: %s\\n' "$?"; }
systemd() {
  mkdir -p /run/systemd/system
  cat >/run/recorder <<'END'
#!/bin/sh
name=$(basename "$0")
case "$*" in
*is-active*) [ -e /run/active ]; exit ;;
*preset*) exec /usr/bin/systemctl.real "$@" ;;
esac
echo "$name $*" >>/run/calls
END
  chmod 0755 /run/recorder
  mv /usr/bin/systemctl /usr/bin/systemctl.real
  cp /run/recorder /usr/bin/systemctl
  cp /run/recorder /usr/bin/deb-systemd-invoke
}
calls() { cat /run/calls 2>/dev/null; rm -f /run/calls; }
active() { grep -v -e '^#' -e '^[[:space:]]*$' "/etc/pam.d/$1" | tr -s ' \\t' ' ' | sed 's/ $//'; }
`;

export interface OverlayRun {
  readonly status: number | null;
  readonly output: string;
  /** The lines between \`say NAME\` and the next one. */
  part(name: string): readonly string[];
}

/** Runs the script; \`share\` is at /run/share in there. */
export function runInOverlay(share: string, script: string): OverlayRun {
  const file = join(share, "script.sh");
  writeFileSync(file, `${TOOLS}\n${script}`);
  const inside = [repositoryFile("test/support/package-overlay.sh"), share, "sh", "/run/share/script.sh"];
  const ended = spawnSync("unshare", [...NAMESPACES, "sh", ...inside], {
    encoding: "utf8",
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
    env: { PATH: process.env["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin" },
  });
  const output = `${ended.stdout}${ended.stderr}`;
  const part = (name: string): readonly string[] => {
    const body = ended.stdout.split(`\n=== ${name}\n`)[1]?.split("\n=== ")[0];
    if (body === undefined) throw new Error(`no part ${name} in:\n${output}`);
    return body.split("\n").filter((line) => line !== "");
  };
  return { status: ended.status, output, part };
}

/** The reason why there can be no such copy here, for people; false when there can. */
export function withoutOverlay(): string | false {
  if (process.geteuid?.() !== 0) return "installing a package needs root, in a private copy of the file system";
  if (spawnSync("dpkg", ["--version"]).error !== undefined) return "this is no Debian";
  const probe =
    "mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w /mnt/r && mount -t overlay -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w o /mnt/r";
  const { status } = spawnSync("unshare", [...NAMESPACES, "sh", "-c", probe]);
  return status === 0 ? false : "this machine permits no overlay in a new mount namespace";
}
