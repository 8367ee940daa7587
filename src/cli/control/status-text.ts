// The daemon's status as text for a person. What users or Duo chose in it is made safe for the terminal here, whatever the daemon
// did about it. Used by the command status.

import { displayLine, displayText } from "../../core/display-text.ts";
import type { Percentiles } from "../../telemetry/recent-times.ts";
import type { ConnectionStatus, DaemonStatus } from "../daemon/daemon-status.ts";
import { decisionLine } from "./decision-line.ts";

const INDENT = 18;

export function statusText(status: DaemonStatus): string {
  const { version, uptimeSeconds, problems, connections, decisions, lastDecisions } = status;
  const parts = [
    rows("duogated", [`${version}, up ${duration(uptimeSeconds)}`]),
    rows("problems", problems.length === 0 ? ["none"] : problems),
    connections.map((one, index) => rows(index === 0 ? "Duo" : "", connectionRows(one))).join("\n"),
    rows("logins", [loginsRow(status)]),
    latencyTable(status),
    rows("decided", countRows(decisions)),
    ["last decisions", ...decisionRows(lastDecisions)].join("\n"),
  ];
  return displayText(parts.join("\n"), TEXT_MAX_BYTES);
}

/** A status has some dozens of lines; its length is bounded by what the daemon keeps. */
const TEXT_MAX_BYTES = 256 * 1024;

function rows(name: string, values: readonly string[]): string {
  return values
    .map((value, index) => `${(index === 0 ? name : "").padEnd(INDENT)}${displayLine(value, 512)}`)
    .join("\n");
}

function connectionRows({ sections, host, api, health, keys, outage, outages }: ConnectionStatus) {
  const key = keys === "not-tried" ? "keys not tried yet" : keys === "accepted" ? "keys accepted" : `keys: ${keys}`;
  const used = sections.map(({ name, failmode }) => `[${name}] failmode = ${failmode}`).join(", ");
  const away =
    outage === undefined
      ? `no outage${outages === 0 ? "" : ` now, ${outages} before`}`
      : `outage since ${outage.since}: ${outage.failure}, met by ${outage.affectedLogins} logins`;
  return [`${host}: ${health}, ${key}, api = ${api}`, `  for ${used}`, `  ${away}`];
}

function loginsRow({ pendingLogins, pushesOut, rememberedDevices }: DaemonStatus): string {
  return `${pendingLogins} under way, ${pushesOut} pushes or calls out, ${rememberedDevices} remembered devices`;
}

function latencyTable({ latency }: DaemonStatus): string {
  const header = `${"latency in ms".padEnd(INDENT)}${["p50", "p90", "p99"].map((name) => name.padStart(9)).join("")}   of the last`;
  const row = (name: string, { count, p50, p90, p99 }: Percentiles) =>
    `  ${name.padEnd(INDENT - 2)}${[p50, p90, p99].map((ms) => (ms === undefined ? "-" : ms.toFixed(1)).padStart(9)).join("")}   ${count}`;
  return [
    header,
    row("whole login", latency.login),
    row("without the user", latency.processing),
    row("Duo's answers", latency.duo),
  ].join("\n");
}

function countRows(decisions: DaemonStatus["decisions"]): readonly string[] {
  const counts = Object.entries(decisions).sort(([, a], [, b]) => b - a);
  return counts.length === 0 ? ["nothing yet"] : counts.map(([what, count]) => `${count} × ${what}`);
}

function decisionRows(decisions: DaemonStatus["lastDecisions"]): readonly string[] {
  return decisions.length === 0 ? ["  none yet"] : decisions.map((one) => `  ${decisionLine(one, false)}`);
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
