// The metrics that count what happens. Names follow Prometheus' practice: base units, _total for what only grows. Made by
// metrics.ts, which alone writes them.

import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** A login has people in it, and up to 110 s by default. */
const LOGIN_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120];
const OWN_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Up to poll_timeout, 75 s by default: Duo holds auth_status until something changes. */
const DUO_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 75];

export type EventMetrics = ReturnType<typeof eventMetrics>;

export function eventMetrics(registry: Registry) {
  const counter = <L extends string>(name: `duogate_${string}_total`, help: string, labelNames: readonly L[]) =>
    new Counter<L>({ name, help, labelNames: [...labelNames], registers: [registry] });
  const gauge = <L extends string>(name: `duogate_${string}`, help: string, labelNames: readonly L[]) =>
    new Gauge<L>({ name, help, labelNames: [...labelNames], registers: [registry] });
  const seconds = <L extends string>(
    name: `duogate_${string}_seconds`,
    help: string,
    labelNames: readonly L[],
    buckets: readonly number[],
  ) => new Histogram<L>({ name, help, labelNames: [...labelNames], buckets: [...buckets], registers: [registry] });
  return {
    build: gauge("duogate_build_info", "1, with the daemon's version and Node's.", ["version", "node"]),
    decisions: counter("duogate_decisions_total", "Logins by how they ended and why.", ["verdict", "reason"]),
    logins: counter("duogate_logins_total", "Logins by PAM service; services that are not known share one value.", [
      "service",
      "verdict",
    ]),
    factors: counter("duogate_factors_total", "Logins by the last factor that was sent.", ["factor", "verdict"]),
    pushes: counter("duogate_pushes_total", "Pushes sent.", []),
    failedAttempts: counter(
      "duogate_failed_attempts_total",
      "Attempts that failed within logins that went on, by Duo's word.",
      ["status"],
    ),
    failmode: counter("duogate_failmode_logins_total", "Logins that failmode decided, in an outage.", ["failmode"]),
    lateAllows: counter(
      "duogate_late_allows_total",
      "Approvals of Duo's for logins that were over already; nobody got in.",
      [],
    ),
    refusals: counter("duogate_helper_refusals_total", "Connections of helpers that broke a rule or left early.", [
      "door",
      "cause",
    ]),
    defects: counter("duogate_defects_total", "Bugs that were caught; a login that met one was denied.", []),
    failures: counter("duogate_duo_failures_total", "Calls to Duo that failed after their repeats, pings too.", [
      "host",
      "code",
    ]),
    outages: counter("duogate_duo_outages_total", "Outages of Duo that began.", ["host"]),
    reloads: counter("duogate_config_reloads_total", "Reloads of the configuration.", ["result"]),
    reloadWell: gauge("duogate_config_last_reload_successful", "0 while the last reload was refused.", []),
    reloadedAt: gauge(
      "duogate_config_last_reload_success_timestamp_seconds",
      "When the configuration in force was read, in seconds since 1970.",
      [],
    ),
    loginSeconds: seconds(
      "duogate_login_duration_seconds",
      "From the helper's connection to the verdict.",
      ["verdict"],
      LOGIN_BUCKETS,
    ),
    ownSeconds: seconds(
      "duogate_login_processing_seconds",
      "The same without the time in which the user was waited for: ours and Duo's.",
      [],
      OWN_BUCKETS,
    ),
    duoSeconds: seconds(
      "duogate_duo_request_duration_seconds",
      "Requests to Duo, from sending to the last byte. auth_status waits for the user.",
      ["endpoint", "outcome"],
      DUO_BUCKETS,
    ),
  };
}
