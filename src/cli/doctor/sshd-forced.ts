// What is open in sshd before login_duogate, as ForceCommand, has asked anybody: forwarding works as soon as the key or the
// password was right, and the user's own files may run first. Pure. Called by sshd-findings.ts.

import { type SshdSettings, sshdValue } from "../../host/sshd.ts";
import { danger, type Finding, ok, warning } from "./finding.ts";

export function isForced(settings: SshdSettings): boolean {
  return /(^|\/)login_duogate(\s|$)/.test(sshdValue(settings, "forcecommand") ?? "");
}

/** Of each setting: the value with which it is closed. */
const FORWARDING = [
  ["AllowTcpForwarding", "no"],
  ["AllowStreamLocalForwarding", "no"],
  ["PermitTunnel", "no"],
  ["AllowAgentForwarding", "no"],
  ["X11Forwarding", "no"],
] as const;

export function forcedFindings(area: string, settings: SshdSettings): readonly Finding[] {
  const value = (name: string) => sshdValue(settings, name.toLowerCase());
  const findings: Finding[] = [];
  const open = FORWARDING.filter(([name, closed]) => (value(name) ?? closed) !== closed).map(([name]) => name);
  if (open.length > 0 && value("DisableForwarding") !== "yes") {
    const seen = `login_duogate is the forced command, and ${open.join(", ")} work before it has asked anybody (ssh -N -L …)`;
    const remedy = "write in sshd_config, next to ForceCommand: DisableForwarding yes";
    findings.push({ ...danger(area, "sshd-forwarding", seen, remedy), subject: open.join(", ") });
  }
  if (value("PermitUserRC") !== "no") {
    const seen = "sshd runs the user's ~/.ssh/rc before login_duogate: with a stolen key, whatever is in it";
    findings.push(warning(area, "sshd-user-rc", seen, "write in sshd_config, beside ForceCommand: PermitUserRC no"));
  }
  if ((value("PermitUserEnvironment") ?? "no") !== "no") {
    const seen =
      "PermitUserEnvironment lets the user's own file change the environment in which login_duogate is started";
    findings.push(warning(area, "sshd-user-environment", seen, "write in sshd_config: PermitUserEnvironment no"));
  }
  return findings.length > 0
    ? findings
    : [ok(area, "sshd-forced", "login_duogate is the forced command, and nothing is open before it")];
}
