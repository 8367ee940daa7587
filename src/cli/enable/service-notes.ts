// What the service's own settings make of a line in its PAM stack: sshd may never run the stack, or be unable to ask; sudo has other
// PAM services. Judged as `duogate doctor` does.

import { runProgram } from "../../host/program.ts";
import { ANYBODY, sshdSettings } from "../../host/sshd.ts";
import { sudoSettings } from "../../host/sudo.ts";
import { whereText } from "../../host/sudo-ways.ts";
import { pamFacts } from "../doctor/machine-facts.ts";
import { sshdFindings } from "../doctor/sshd-findings.ts";
import { sudoPam } from "../doctor/sudo-part.ts";
import {
  openServices,
  passwordFindings,
  serviceRemedy,
  sourceFindings,
  unaskedFindings,
} from "../doctor/sudo-service-findings.ts";

/** What a login may take with the defaults; doctor looks at the settings in force. */
const LOGIN_MS = 110_000;

export async function notesOf(service: string): Promise<readonly string[]> {
  if (service === "sudo") return await sudoNotes();
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

/** What stays open: every other PAM service that sudo would use and that does not ask Duo. */
async function sudoNotes(): Promise<readonly string[]> {
  const settings = await sudoSettings(runProgram);
  if (!settings.ok)
    return [
      `sudo's settings could not be read (${settings.error.code}): sudo -i may have a file of its own, /etc/pam.d/sudo-i`,
    ];
  const pam = sudoPam(pamFacts());
  const open = openServices(settings.value, pam).filter(({ service }) => service !== "sudo");
  const more = [
    ...sourceFindings(settings.value),
    ...passwordFindings(settings.value),
    ...unaskedFindings(settings.value),
  ];
  return [
    ...open.map(
      (one) =>
        `STAYS OPEN: ${whereText(one)} asks through ${one.service}, not through this file: ${serviceRemedy(one, pam)}`,
    ),
    ...more.map(({ level, seen }) => (level === "note" ? seen : `${level.toUpperCase()}: ${seen}`)),
  ];
}
