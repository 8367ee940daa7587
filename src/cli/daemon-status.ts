// What `duogate status` shows of a running daemon, as data and as text for a person.

import type { OutageState } from "../duo/outage.ts";
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
    /** The one that is under way. */
    readonly outage: OutageStatus | undefined;
    /** How many there have been since the configuration was loaded. */
    readonly outages: number;
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
    ["outage", outageText(duo)],
    ["pending", `${status.pendingLogins} logins`],
    ["remembered", `${status.rememberedDevices} devices`],
    ...Object.entries(status.decisions).map(([what, count]) => ["decided", `${count} × ${what}`] as const),
    ...status.lastDecisions.map((decision) => ["last", decisionText(decision)] as const),
  ];
  return rows.map(([name, value]) => `${name.padEnd(12)}${value}`).join("\n");
}

function outageText({ outage, outages }: DaemonStatus["duo"]): string {
  if (outage === undefined) return outages === 0 ? "none" : `none now; ${outages} since the configuration was loaded`;
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

export function outageStatus({ now }: OutageState): OutageStatus | undefined {
  if (now === undefined) return undefined;
  const { sinceMs, failure, affectedLogins } = now;
  return { since: new Date(sinceMs).toISOString(), failure: failure.code, affectedLogins };
}
