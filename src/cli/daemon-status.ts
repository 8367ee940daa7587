// What `duogate status` shows of a running daemon, as data and as text for a person.

import type { DecisionSummary } from "../gateway/decision-stats.ts";

export interface DaemonStatus {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly pendingLogins: number;
  readonly rememberedDevices: number;
  readonly duo: {
    readonly host: string;
    readonly failmode: string;
    /** "answers", or what the last ping came to, or "not asked yet". */
    readonly health: string;
    readonly outage: OutageStatus | undefined;
  };
  readonly decisions: Readonly<Record<string, number>>;
  readonly lastDecisions: readonly DecisionSummary[];
}

export interface OutageStatus {
  /** ISO 8601. */
  readonly since: string;
  readonly failure: string;
  readonly affectedLogins: number;
}

export function statusText(status: DaemonStatus): string {
  const { duo } = status;
  const rows: readonly (readonly [string, string])[] = [
    ["duogated", `${status.version}, up ${duration(status.uptimeSeconds)}`],
    ["Duo", `${duo.host}: ${duo.health}, failmode = ${duo.failmode}`],
    ["outage", outageText(duo.outage)],
    ["pending", `${status.pendingLogins} logins`],
    ["remembered", `${status.rememberedDevices} devices`],
    ...Object.entries(status.decisions).map(([what, count]) => ["decided", `${count} × ${what}`] as const),
    ...status.lastDecisions.map((decision) => ["last", decisionText(decision)] as const),
  ];
  return rows.map(([name, value]) => `${name.padEnd(12)}${value}`).join("\n");
}

function outageText(outage: OutageStatus | undefined): string {
  if (outage === undefined) return "none";
  return `since ${outage.since}: ${outage.failure}; ${outage.affectedLogins} logins met it`;
}

function decisionText({ at, user, service, verdict, reason, durationMs }: DecisionSummary): string {
  return `${at} ${user} ${service}: ${verdict}, ${reason} (${durationMs} ms)`;
}

function duration(seconds: number): string {
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${Math.floor(seconds) % 60} s`;
}
