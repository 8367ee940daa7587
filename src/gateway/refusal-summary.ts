// How many lines the log has for what anybody on this machine can cause without getting anywhere: the first few of each
// kind and uid, then one line with their number when the interval ends. Counting only; which events these are is
// summing-log.ts's, what counts is counted in the metrics before it comes here.

import type { Clock, Timer } from "../core/clock.ts";
import type { Door } from "./admission.ts";

export interface RefusalKind {
  readonly socket: Door;
  /** The event, and the reason where it has one: `decision too-many-logins`. From a fixed set of words. */
  readonly cause: string;
  readonly uid: number | undefined;
}

/** What had no lines of its own. */
export interface SummedRefusals extends RefusalKind {
  readonly count: number;
  readonly intervalMs: number;
}

/**
 * SECURITY: journald drops the lines of a service beyond 10,000 in 30 s (journald.conf: RateLimitBurst=), decisions too.
 * These bounds keep all refusals together below a tenth of that, whatever they are and however many uids cause them:
 * KINDS_MAX × (OWN_LINES + 1) events in an interval, and one more for each kind without its uid.
 */
export const INTERVAL_MS = 60_000;
export const OWN_LINES = 5;
export const KINDS_MAX = 50;

interface Count {
  readonly kind: RefusalKind;
  written: number;
  summed: number;
}

export class RefusalSummary {
  readonly #clock: Clock;
  readonly #write: (summed: SummedRefusals) => void;
  readonly #counts = new Map<string, Count>();
  #began = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, write: (summed: SummedRefusals) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  /** True: this one is written by itself. False: it has been counted for the summary. */
  ownLine(kind: RefusalKind): boolean {
    if (this.#timer === undefined) {
      this.#began = this.#clock.now();
      this.#timer = this.#clock.after(INTERVAL_MS, () => this.flush());
    }
    const count = this.#countOf(kind);
    // Those that share a count for want of room have no lines of their own: a new uid would bring new ones each time.
    const own = count.kind.uid === kind.uid && count.written < OWN_LINES;
    if (own) count.written += 1;
    else count.summed += 1;
    return own;
  }

  /** Writes what was counted, and begins anew. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const intervalMs = this.#clock.now() - this.#began;
    const counts = [...this.#counts.values()];
    this.#counts.clear();
    for (const { kind, summed } of counts) if (summed > 0) this.#write({ ...kind, count: summed, intervalMs });
  }

  #countOf(kind: RefusalKind): Count {
    const known = this.#counts.get(keyOf(kind));
    if (known !== undefined) return known;
    const kept = this.#counts.size < KINDS_MAX ? kind : { ...kind, uid: undefined };
    const key = keyOf(kept);
    const count = this.#counts.get(key) ?? { kind: kept, written: 0, summed: 0 };
    this.#counts.set(key, count);
    return count;
  }
}

function keyOf({ socket, cause, uid }: RefusalKind): string {
  return `${socket} ${cause} ${uid ?? "-"}`;
}
