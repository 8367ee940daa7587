// sshd's limits beside what a login with a second factor takes: tries, penalties, time. LoginGraceTime and penalties hold for
// the server as a whole, so that they are told once and not for each Match block. Pure. Called by sshd-findings.ts.

import { type SshdSettings, sshdValue } from "../../host/sshd.ts";
import { type Finding, note, warning } from "./finding.ts";

const AREA = "sshd";
const TRIES_MIN = 3;

export function triesFindings(settings: SshdSettings, label: string): readonly Finding[] {
  const tries = Number(sshdValue(settings, "maxauthtries") ?? "6");
  const findings: Finding[] = [];
  if (tries < TRIES_MIN) {
    const seen = `MaxAuthTries is ${tries}: every key that the client offers counts, and may leave no try for Duo`;
    findings.push(note(AREA, "sshd-tries", seen, "write in sshd_config: MaxAuthTries 6"));
  }
  const penalties = sshdValue(settings, "persourcepenalties");
  if (
    label === "" &&
    penalties !== undefined &&
    penalties !== "no" &&
    /(grace-exceeded|authfail):(?!0(\D|$))/.test(penalties)
  ) {
    const seen = `PerSourcePenalties turns an address away for a while after denied or slow logins (${penalties})`;
    findings.push(
      note(AREA, "sshd-penalties", seen, "write networks that many users share into PerSourcePenaltyExemptList"),
    );
  }
  return findings;
}

/** Between Duo's answer and sshd's own clock. */
const MARGIN_MS = 5000;

/** `loginMs`: the longest that a login may take. */
export function graceFindings(
  settings: SshdSettings,
  { loginMs, label }: { readonly loginMs: number; readonly label: string },
): readonly Finding[] {
  const grace = Number(sshdValue(settings, "logingracetime") ?? "120") * 1000;
  if (label !== "" || Number.isNaN(grace)) return [];
  if (grace === 0)
    return [
      note(
        AREA,
        "sshd-grace",
        "LoginGraceTime is 0: a connection that never logs in is kept for ever",
        "write in sshd_config: LoginGraceTime 120",
      ),
    ];
  if (grace >= loginMs + MARGIN_MS) return [];
  const wanted = Math.ceil((loginMs + 2 * MARGIN_MS) / 1000);
  const seen = `LoginGraceTime is ${grace / 1000} s, and a login may take ${loginMs / 1000} s: sshd hangs up while the user looks for the phone`;
  return [
    warning(
      AREA,
      "sshd-grace",
      seen,
      `write in sshd_config: LoginGraceTime ${wanted}, or a smaller login_timeout in duogate.conf`,
    ),
  ];
}
