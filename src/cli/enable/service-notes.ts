// What the service's own settings make of a line in its PAM stack: sshd may never run the stack, or be unable to ask. Judged as
// `duogate doctor` does. Called by enable.ts.

import { runProgram } from "../../host/program.ts";
import { ANYBODY, sshdSettings } from "../../host/sshd.ts";
import { sshdFindings } from "../doctor/sshd-findings.ts";

/** What a login may take with the defaults; doctor looks at the settings in force. */
const LOGIN_MS = 110_000;

export async function notesOf(service: string): Promise<readonly string[]> {
  if (service !== "sshd") return [];
  const settings = await sshdSettings(runProgram, ANYBODY);
  if (!settings.ok) return ["sshd's own settings could not be read: look at duogate doctor afterwards"];
  const findings = sshdFindings(settings.value, { asksDuo: true, loginMs: LOGIN_MS, label: "" });
  return findings
    .filter(({ level }) => level !== "ok")
    .map(({ level, seen, remedy }) => {
      const words = remedy === undefined ? seen : `${seen}; ${remedy}`;
      return level === "note" ? words : `${level.toUpperCase()}: ${words}`;
    });
}
