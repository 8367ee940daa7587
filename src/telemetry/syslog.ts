// `log_format = duo_unix`: an Audit that also writes each login's lines in Duo Unix's words, as syslog(3) would send them for
// the program that asked. How a datagram leaves the process is a parameter; what is audited is unchanged. Made by cli/.

import type { Clock } from "../core/clock.ts";
import type { Audit, Decision } from "./audit.ts";
import { type ClassicLine, duoUnixLines } from "./duo-unix-lines.ts";
import type { LogLevel } from "./logger.ts";

export interface SyslogParts {
  readonly clock: Clock;
  /** Asked at each decision, so that a reload can change it. */
  readonly wanted: () => boolean;
  /** Duo's host for a PAM service, as configured. */
  readonly host: (service: string) => string;
  /** Sends one datagram to /dev/log without waiting; false when it was not taken. */
  readonly send: (datagram: string) => boolean;
  /** Told once for each change: whether lines arrive. */
  readonly onChange: (arriving: boolean) => void;
}

/** LOG_AUTHPRIV, which both auth.log and secure take; sshd's own LOG_AUTH does not reach secure everywhere. */
const FACILITY = 10;
const SEVERITY: Readonly<Record<LogLevel, number>> = { error: 3, warn: 4, info: 6, debug: 7 };
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

export function withDuoUnixLines(audit: Audit, parts: SyslogParts): Audit {
  let arriving = true;
  const write = (decision: Decision, line: ClassicLine): void => {
    const sent = parts.send(datagram(decision, line, parts.clock.wallMs()));
    if (sent !== arriving) parts.onChange(sent);
    arriving = sent;
  };
  return {
    ...audit,
    decision(decision) {
      audit.decision(decision);
      if (!parts.wanted()) return;
      for (const line of duoUnixLines(decision, parts.host(decision.service))) write(decision, line);
    },
  };
}

/** COMPAT(duo_unix): it writes as the host process, hence the service's name and the helper's pid. Time is local time. */
function datagram({ service, peerPid }: Decision, { level, text }: ClassicLine, nowMs: number): string {
  const ident = service.replace(/[^A-Za-z0-9._-]/g, "_").slice(0, 32);
  const pid = peerPid === undefined ? "" : `[${peerPid}]`;
  return `<${FACILITY * 8 + SEVERITY[level]}>${timestamp(new Date(nowMs))} ${ident}${pid}: ${text}`;
}

/** RFC 3164 section 4.1.2, as glibc writes it. */
function timestamp(now: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(":");
  return `${MONTHS[now.getMonth()]} ${String(now.getDate()).padStart(2)} ${time}`;
}
