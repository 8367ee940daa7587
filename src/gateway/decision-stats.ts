// What control.sock tells about logins: counts since the start, the last decisions, and each new one to those who follow.
// Every decision is counted; those that have a line in the log are kept and told, so that nobody can push the others out.
// Bounded; no secrets; names are safe to display. A follower is told after the login, never in its way.

import { displayLine } from "../core/display-text.ts";
import type { Decision, GatewayLog } from "./ports.ts";

export interface DecisionSummary {
  /** ISO 8601. */
  readonly at: string;
  readonly transaction: string;
  readonly user: string;
  /** The name that Duo was asked for, where it is another. */
  readonly duoUser?: string | undefined;
  readonly service: string;
  /** Where the user comes from, as the helper said it. */
  readonly rhost?: string | undefined;
  readonly verdict: string;
  readonly reason: string;
  readonly factor: string | undefined;
  /** The call to Duo that failed, by its code. */
  readonly failure?: string | undefined;
  readonly durationMs: number;
  /** The part of it in which the user was waited for. */
  readonly userMs: number;
}

/** How many decisions are kept. */
export const DECISIONS_KEPT = 200;

type Follower = (decision: DecisionSummary) => void;

export class DecisionStats {
  readonly #counts = new Map<string, number>();
  readonly #kept: DecisionSummary[] = [];
  readonly #followers = new Set<Follower>();

  /** Decisions by verdict and reason: `allow duo-approved` → 3. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  get followers(): number {
    return this.#followers.size;
  }

  /** Newest first. */
  last(count: number): readonly DecisionSummary[] {
    return count === 0 ? [] : this.#kept.slice(-count).reverse();
  }

  /** `tell` hears every later decision, until the function that is returned was called. It must not throw. */
  follow(tell: Follower): () => void {
    this.#followers.add(tell);
    return () => void this.#followers.delete(tell);
  }

  count({ verdict }: Decision): void {
    const key = `${verdict.kind} ${verdict.reason}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  keep(decision: Decision, wallMs: number): void {
    const summary = summaryOf(decision, wallMs);
    this.#kept.push(summary);
    if (this.#kept.length > DECISIONS_KEPT) this.#kept.shift();
    if (this.#followers.size > 0) setImmediate(() => this.#tell(summary));
  }

  /** `log`, with every decision counted here too. */
  counting(log: GatewayLog): GatewayLog {
    return {
      ...log,
      decision: (decision) => {
        this.count(decision);
        log.decision(decision);
      },
    };
  }

  /** `log`, with the decisions that reach it kept here, and told to those who follow. */
  keeping(log: GatewayLog, wallMs: () => number): GatewayLog {
    return {
      ...log,
      decision: (decision) => {
        this.keep(decision, wallMs());
        log.decision(decision);
      },
    };
  }

  #tell(summary: DecisionSummary): void {
    for (const tell of this.#followers) tell(summary);
  }
}

function summaryOf({ transaction, facts, verdict, record, durationMs }: Decision, wallMs: number): DecisionSummary {
  const line = (text: string | undefined) => (text === undefined ? undefined : displayLine(text));
  return {
    at: new Date(wallMs).toISOString(),
    transaction,
    user: displayLine(facts.user),
    duoUser: record.duoUser === facts.user ? undefined : line(record.duoUser),
    service: displayLine(facts.service),
    rhost: line(facts.rhost),
    verdict: verdict.kind,
    reason: verdict.reason,
    factor: record.factor,
    failure: record.failure?.code,
    durationMs: Math.round(durationMs),
    userMs: Math.round(record.userMs),
  };
}
