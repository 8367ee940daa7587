// What `duogate status` shows of a running daemon, as data: the answer to GET /status (docs/CONTROL.md). status-text.ts writes
// it for a person.

import type { OutageState } from "../../duo/outage.ts";
import type { DecisionSummary } from "../../gateway/decision-stats.ts";
import type { DuoHealth } from "./duo-health.ts";
import type { Member, Section } from "./generation.ts";
import type { Latency } from "./observation.ts";

export interface DaemonStatus {
  readonly version: string;
  readonly uptimeSeconds: number;
  /** What an administrator should mend or wait for, a sentence each; empty when all is well. */
  readonly problems: readonly string[];
  readonly pendingLogins: number;
  readonly pushesOut: number;
  readonly rememberedDevices: number;
  /** Every Duo application and way to it that the configuration in force has; [duo]'s own comes first. */
  readonly connections: readonly ConnectionStatus[];
  readonly latency: Latency;
  /** Since the start, by verdict and reason. */
  readonly decisions: Readonly<Record<string, number>>;
  /** Newest first. */
  readonly lastDecisions: readonly DecisionSummary[];
}

export interface ConnectionStatus {
  /** Those that use it: `duo`, `service:sudo`. */
  readonly sections: readonly Section[];
  readonly host: string;
  readonly api: string;
  /** "answers", or what the last ping came to, or "not asked yet". */
  readonly health: string;
  /** "accepted", "not-tried", or why Duo refuses this machine. */
  readonly keys: string;
  readonly clockOffsetMs: number | undefined;
  /** The one that is under way. */
  readonly outage: OutageStatus | undefined;
  /** How many there have been since the connection was configured. */
  readonly outages: number;
}

export interface OutageStatus {
  /** ISO 8601. */
  readonly since: string;
  readonly failure: string;
  readonly affectedLogins: number;
}

export function connectionStatus({ connection, sections }: Member, health: DuoHealth): ConnectionStatus {
  const { settings, duo } = connection;
  const { clockOffsetMs } = health;
  return {
    sections,
    host: settings.port === 443 ? settings.host : `${settings.host}:${settings.port}`,
    api: settings.api,
    health: health.state,
    keys: health.keys,
    clockOffsetMs: clockOffsetMs === undefined ? undefined : Math.round(clockOffsetMs),
    outage: outageStatus(duo.outage),
    outages: duo.outage.outages,
  };
}

/** What is wrong with one connection, in sentences. */
export function connectionProblems({ sections, host, health, keys, outage }: ConnectionStatus): readonly string[] {
  const who = `[${sections[0]?.name}] ${host}`;
  const problems: string[] = [];
  if (outage !== undefined) problems.push(`${who}: Duo cannot be reached since ${outage.since} (${outage.failure})`);
  else if (health === "clock") problems.push(`${who}: Duo's clock and this machine's are more than a day apart`);
  else if (health === "offset") problems.push(`${who}: this machine's clock is wrong; requests are dated by Duo's`);
  else if (health !== "answers" && health !== "not asked yet")
    problems.push(`${who}: the last ping failed (${health})`);
  if (keys !== "accepted" && keys !== "not-tried") {
    problems.push(
      `${who}: Duo refuses this machine, and logins with it (${keys}): check ikey, skey, host and the clock`,
    );
  }
  return problems;
}

function outageStatus({ now }: OutageState): OutageStatus | undefined {
  if (now === undefined) return undefined;
  const { sinceMs, failure, affectedLogins } = now;
  return { since: new Date(sinceMs).toISOString(), failure: failure.code, affectedLogins };
}
