// A clock whose hands the test turns. Used by the tests of the bounded look-ups.

import type { Clock, Timer } from "../../../src/core/clock.ts";

export class FakeTimers implements Clock {
  #now = 0;
  readonly #timers = new Map<object, { readonly at: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  wallMs(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): Timer {
    const timer: Timer = { cancel: () => this.#timers.delete(timer) };
    this.#timers.set(timer, { at: this.#now + ms, callback });
    return timer;
  }

  /** Timers that neither ran nor were cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const [timer, { at, callback }] of [...this.#timers]) {
      if (at <= this.#now && this.#timers.delete(timer)) callback();
    }
  }
}
