// How much time this process has lost while it waited: timers that ran late, because the machine gave it no processor, or
// because it was busy itself. One timer serves all who wait at the same time; none runs while nobody does. It judges nothing.

import type { Clock, Timer } from "../core/clock.ts";

export const TICK_MS = 100;

export interface Wait {
  readonly lostMs: number;
  readonly elapsedMs: number;
}

export class LoopWatch {
  readonly #clock: Clock;
  #waiting = 0;
  #lostMs = 0;
  #due = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A wait begins; what is returned ends it, once, and says how it was. */
  begin(): () => Wait {
    if (this.#waiting === 0) this.#next();
    this.#waiting += 1;
    const since = this.#clock.now();
    const before = this.#lost(since);
    let wait: Wait | undefined;
    return () => {
      if (wait !== undefined) return wait;
      const now = this.#clock.now();
      wait = { lostMs: this.#lost(now) - before, elapsedMs: now - since };
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#timer?.cancel();
      return wait;
    };
  }

  #next(): void {
    this.#due = this.#clock.now() + TICK_MS;
    this.#timer = this.#clock.after(TICK_MS, () => {
      this.#lostMs = this.#lost(this.#clock.now());
      this.#next();
    });
  }

  /** In all, with the tick that is late just now. */
  #lost(now: number): number {
    return this.#lostMs + Math.max(0, now - this.#due);
  }
}
