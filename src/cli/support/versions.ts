// Which versions of what this machine runs, and what its clock says, for a support bundle. Called by collect.ts.

import { readFile } from "node:fs/promises";
import { release } from "node:os";
import { ok, type Result } from "../../core/result.ts";
import { accessControl } from "../../host/access-control.ts";
import { moduleFolder } from "../../host/pam/module-file.ts";
import type { RunProgram } from "../../host/program.ts";
import { said } from "./said.ts";

const VERSION_FORMAT = ["-W", "-f", "$" + "{Package} $" + "{Version}\n"] as const;
const ASKED: readonly (readonly [label: string, program: string, args: readonly string[]])[] = [
  ["packages", "dpkg-query", [...VERSION_FORMAT, "duogate", "libpam0g", "openssh-server", "sudo", "systemd"]],
  ["ssh", "ssh", ["-V"]],
  ["clock", "timedatectl", ["show"]],
];

export async function versions(version: string, wallMs: number, run: RunProgram): Promise<Result<string, string>> {
  const system = await readFile("/etc/os-release", "utf8").catch(() => "");
  const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(system)?.[1] ?? "unknown";
  const asked = await Promise.all(
    ASKED.map(async ([label, program, args]) => {
      const answer = await said(run, program, args);
      return `${label}: ${(answer.ok ? answer.value : answer.error).trim().replaceAll(/\n+/g, "; ")}`;
    }),
  );
  return ok(
    [
      `duogate ${version}, Node ${process.version}, OpenSSL ${process.versions.openssl ?? "unknown"}`,
      `system: ${name}, Linux ${release()}, ${process.arch}`,
      `time: ${new Date(wallMs).toISOString()}, zone ${Intl.DateTimeFormat().resolvedOptions().timeZone}`,
      `PAM's modules: ${moduleFolder() ?? "not found"}`,
      `access control: ${JSON.stringify(accessControl())}`,
      ...asked,
      "",
    ].join("\n"),
  );
}
