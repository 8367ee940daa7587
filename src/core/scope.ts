// Scope: the lifetime of one piece of work. A signal that says "stop", the reason why, and the timers and clean-ups
// that end with it. A transaction has one; so does each call to Duo.

import type { Clock } from "./clock.ts";

export type StopReason = "helper-gone" | "protocol-violation" | "out-of-time" | "shutting-down" | "finished";

export class Scope {
  readonly #controller = new AbortController();
  readonly #cleanups: (() => void)[] = [];
  readonly #clock: Clock;
  #reason: StopReason | undefined;
  #endsAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the work was stopped; undefined while it may go on. */
  get stopReason(): StopReason | undefined {
    return this.#reason;
  }

  /** Milliseconds until it is out of time. */
  get remainingMs(): number {
    return Math.max(0, this.#endsAt - this.#clock.now());
  }

  /** Stops the work. The first reason stays; clean-ups run once, newest first. */
  stop(reason: StopReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    // With a reason of its own, because the default one is an exception whose stack is expensive to collect.
    this.#controller.abort(reason);
    for (const cleanup of this.#cleanups.splice(0).reverse()) cleanup();
  }

  /** Runs `cleanup` when the scope stops, or at once if it has. */
  onStop(cleanup: () => void): void {
    if (this.#reason === undefined) this.#cleanups.push(cleanup);
    else cleanup();
  }

  /** Stops the scope as out of time after `ms`. */
  stopAfter(ms: number): void {
    this.#endsAt = Math.min(this.#endsAt, this.#clock.now() + ms);
    const timer = this.#clock.after(ms, () => this.stop("out-of-time"));
    this.onStop(() => timer.cancel());
  }
}
