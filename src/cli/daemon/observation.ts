// What is known of the daemon's work: counts for the metrics, the last decisions, the last durations. It listens to the
// gateway and to Duo's connections and decides nothing. Made by daemon.ts, read by control.ts and daemon-status.ts.

import type { Config, DuoSettings } from "../../config/config.ts";
import type { Clock } from "../../core/clock.ts";
import type { DuoServiceEvents } from "../../duo/service.ts";
import { DecisionStats } from "../../gateway/decision-stats.ts";
import { measuring } from "../../gateway/metrics-log.ts";
import type { Decision, GatewayLog } from "../../gateway/ports.ts";
import { Metrics } from "../../telemetry/metrics.ts";
import type { StateSources } from "../../telemetry/metrics-state.ts";
import { type Percentiles, RecentTimes } from "../../telemetry/recent-times.ts";

export interface Latency {
  /** From accept to verdict. */
  readonly login: Percentiles;
  /** The same without the time in which the user was waited for. */
  readonly processing: Percentiles;
  /** Requests that Duo answers at once. */
  readonly duo: Percentiles;
}

export class Observation {
  readonly stats = new DecisionStats();
  readonly metrics: Metrics;
  readonly #clock: Clock;
  readonly #login = new RecentTimes();
  readonly #processing = new RecentTimes();
  readonly #duo = new RecentTimes();

  constructor(version: string, clock: Clock, sources: Omit<StateSources, "followers">) {
    this.#clock = clock;
    this.metrics = new Metrics(version, clock, { ...sources, followers: () => this.stats.followers });
  }

  get latency(): Latency {
    return {
      login: this.#login.percentiles,
      processing: this.#processing.percentiles,
      duo: this.#duo.percentiles,
    };
  }

  /** `log`, with everything counted. */
  log(log: GatewayLog): GatewayLog {
    const measured = this.stats.counting(measuring(log, this.metrics));
    return {
      ...measured,
      decision: (decision) => {
        this.#time(decision);
        measured.decision(decision);
      },
    };
  }

  /** `log`, with what reaches it kept for those who ask for the last decisions. */
  keeping(log: GatewayLog): GatewayLog {
    return this.stats.keeping(log, () => this.#clock.wallMs());
  }

  /** `events`, with what the metrics and percentiles need. */
  events({ host }: DuoSettings, events: DuoServiceEvents): DuoServiceEvents {
    const { metrics } = this;
    return {
      ...events,
      onPing(result, offsetMs) {
        if (!result.ok) metrics.duoFailed(host, result.error.code);
        events.onPing(result, offsetMs);
      },
      onCall(result) {
        if (!result.ok) metrics.duoFailed(host, result.error.code);
        events.onCall(result);
      },
      onOutageBegin(failure) {
        metrics.outageBegan(host);
        events.onOutageBegin(failure);
      },
      onExchange: ({ endpoint, outcome, ms }) => {
        metrics.duoAnswered(endpoint, outcome, ms);
        if (outcome === "ok" && endpoint !== "auth_status") this.#duo.add(ms);
      },
    };
  }

  /** The names that a configuration brings along. */
  loaded({ duo, services }: Config): void {
    this.metrics.services.add(services.keys());
    for (const { host } of [duo, ...services.values()]) this.metrics.knowsHost(host);
  }

  #time({ durationMs, record }: Decision): void {
    this.#login.add(durationMs);
    this.#processing.add(Math.max(0, durationMs - record.userMs));
  }
}
