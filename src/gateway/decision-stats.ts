// What `duogate status` tells about logins: counts since the start and the last decisions. Bounded; no secrets.

import type { Decision, GatewayLog } from "./ports.ts";

export interface DecisionSummary {
  readonly at: string;
  readonly user: string;
  readonly service: string;
  readonly verdict: string;
  readonly reason: string;
  readonly factor: string | undefined;
  readonly durationMs: number;
}

const LAST = 10;

export class DecisionStats {
  readonly #counts = new Map<string, number>();
  readonly #last: DecisionSummary[] = [];

  /** Decisions by verdict and reason: `allow duo-approved` → 3. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** Newest first. */
  get last(): readonly DecisionSummary[] {
    return [...this.#last].reverse();
  }

  add({ facts, verdict, record, durationMs }: Decision, wallMs: number): void {
    const key = `${verdict.kind} ${verdict.reason}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    this.#last.push({
      at: new Date(wallMs).toISOString(),
      user: facts.user,
      service: facts.service,
      verdict: verdict.kind,
      reason: verdict.reason,
      factor: record.factor,
      durationMs: Math.round(durationMs),
    });
    if (this.#last.length > LAST) this.#last.shift();
  }

  /** `log`, with every decision counted here too. */
  counting(log: GatewayLog, wallMs: () => number): GatewayLog {
    return {
      ...log,
      decision: (decision) => {
        this.add(decision, wallMs());
        log.decision(decision);
      },
    };
  }
}
