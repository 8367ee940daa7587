// Why a service must not be changed now, whatever its PAM stack says: an sshd that would not start again, or that nobody gets in
// through. With Duo in its stack such an sshd looks like Duo's fault. Judged as `duogate doctor` does.

import { runProgram } from "../../host/program.ts";
import { ANYBODY, sshdSettings } from "../../host/sshd.ts";
import { sshdStatements } from "../../host/sshd-config.ts";
import type { Finding } from "../doctor/finding.ts";
import { refusedFinding } from "../doctor/sshd-broken.ts";
import { sshdFindings } from "../doctor/sshd-findings.ts";

/** The reasons, a line each; none where nothing speaks against it. */
export async function faultsOf(service: string): Promise<readonly string[]> {
  if (service !== "sshd") return [];
  const settings = await sshdSettings(runProgram, ANYBODY);
  if (settings.ok) {
    const found = sshdFindings(settings.value, { asksDuo: true, loginMs: 0, label: "" });
    return words(found.filter(({ id }) => id === "sshd-locked-out"));
  }
  const isRoot = process.geteuid?.() === 0;
  const refusal = { failure: settings.error, isRoot, statements: sshdStatements(), command: "sshd -t" };
  return words([refusedFinding(refusal)].filter(({ level }) => level === "danger"));
}

function words(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ seen, place, remedy }) => [
    seen,
    ...(place === undefined ? [] : [`at: ${place}`]),
    ...(remedy === undefined ? [] : [`do: ${remedy}`]),
    "Nothing was changed.",
  ]);
}
