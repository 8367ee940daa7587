// The metrics of the daemon in a registry of their own: what happens is counted here, by a few increments; what is, is read
// from its source when somebody scrapes. No user name and no free text becomes a label. Made once by cli/; docs/CONTROL.md
// has the table.

import { Registry } from "prom-client";
import type { Clock } from "../core/clock.ts";
import type { DuoFailureCode } from "../core/failure.ts";
import type { Verdict } from "../core/verdict.ts";
import { LoopDelayMeter } from "./loop-delay.ts";
import { type EventMetrics, eventMetrics } from "./metrics-events.ts";
import { addProcessMetrics } from "./metrics-process.ts";
import { ENDINGS } from "./metrics-reasons.ts";
import { addStateMetrics, type StateSources } from "./metrics-state.ts";
import { ServiceNames, statusWord } from "./metrics-words.ts";

export interface CountedDecision {
  readonly verdict: Verdict;
  readonly service: string;
  readonly factor: string | undefined;
  readonly pushes: number;
  /** Duo's word for each attempt that failed within the login. */
  readonly failedAttempts: readonly (string | undefined)[];
  readonly durationMs: number;
  /** The part of it in which the user was waited for. */
  readonly userMs: number;
}

export type RefusalCause = "peer-refused" | "left-before-start" | "start-timeout" | "protocol-violation";

/** Doors and causes, so that each has its series from the start. */
const DOORS = ["pam", "login"] as const;
const CAUSES: readonly RefusalCause[] = ["peer-refused", "left-before-start", "start-timeout", "protocol-violation"];

export class Metrics {
  /** The [service:NAME] sections' names belong here, at each load. */
  readonly services = new ServiceNames();
  readonly #registry = new Registry();
  readonly #events: EventMetrics = eventMetrics(this.#registry);
  readonly #clock: Clock;
  readonly #loopDelay: LoopDelayMeter;

  constructor(version: string, clock: Clock, sources: StateSources) {
    this.#clock = clock;
    this.#loopDelay = new LoopDelayMeter(clock);
    addStateMetrics(this.#registry, sources);
    addProcessMetrics(this.#registry, this.#loopDelay, clock.wallMs());
    this.#events.build.set({ version, node: process.versions.node }, 1);
    this.#begin();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All of them in Prometheus' text form. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  decided({ verdict, service, factor, pushes, failedAttempts, durationMs, userMs }: CountedDecision): void {
    const { decisions, logins, factors, failmode, loginSeconds, ownSeconds } = this.#events;
    const { kind, reason } = verdict;
    decisions.inc({ verdict: kind, reason });
    logins.inc({ service: this.services.of(service), verdict: kind });
    if (factor !== undefined) factors.inc({ factor, verdict: kind });
    this.#events.pushes.inc(pushes);
    for (const status of failedAttempts) this.#events.failedAttempts.inc({ status: statusWord(status) });
    if (reason === "failmode-safe") failmode.inc({ failmode: "safe" });
    if (reason === "failmode-secure") failmode.inc({ failmode: "secure" });
    loginSeconds.observe({ verdict: kind }, durationMs / 1000);
    ownSeconds.observe(Math.max(0, durationMs - userMs) / 1000);
  }

  lateAllow(): void {
    this.#events.lateAllows.inc();
  }

  helperRefused(door: string, cause: RefusalCause): void {
    this.#events.refusals.inc({ door, cause });
  }

  defect(): void {
    this.#events.defects.inc();
  }

  duoAnswered(endpoint: string, outcome: string, ms: number): void {
    this.#events.duoSeconds.observe({ endpoint, outcome }, ms / 1000);
  }

  duoFailed(host: string, code: DuoFailureCode): void {
    if (code !== "cancelled") this.#events.failures.inc({ host, code });
  }

  outageBegan(host: string): void {
    this.#events.outages.inc({ host });
  }

  /** A host of the configuration: its first outage is an increase, from zero. */
  knowsHost(host: string): void {
    this.#events.outages.inc({ host }, 0);
  }

  reloaded(ok: boolean): void {
    const { reloads, reloadWell, reloadedAt } = this.#events;
    reloads.inc({ result: ok ? "ok" : "refused" });
    reloadWell.set(ok ? 1 : 0);
    if (ok) reloadedAt.set(this.#clock.wallMs() / 1000);
  }

  /** No timer is left. */
  close(): void {
    this.#loopDelay.close();
  }

  /** Series that alerts watch are there at zero: else their first event would be no increase. */
  #begin(): void {
    const { decisions, failedAttempts, failmode, refusals, reloads, reloadWell, reloadedAt } = this.#events;
    for (const { verdict, reason } of ENDINGS) decisions.inc({ verdict, reason }, 0);
    for (const status of ["deny", "fraud", "timeout"]) failedAttempts.inc({ status }, 0);
    for (const mode of ["safe", "secure"]) failmode.inc({ failmode: mode }, 0);
    for (const door of DOORS) for (const cause of CAUSES) refusals.inc({ door, cause }, 0);
    for (const result of ["ok", "refused"]) reloads.inc({ result }, 0);
    reloadWell.set(1);
    reloadedAt.set(this.#clock.wallMs() / 1000);
  }
}
