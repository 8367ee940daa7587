// A clock whose hands the test turns. Timers run in the order of their time; nothing ever waits for real. Used by the
// unit tests of every room that takes a Clock.

import type { Clock, Timer } from "../../src/core/clock.ts";

interface Pending {
  readonly at: number;
  readonly callback: () => void;
}

export class FakeClock implements Clock {
  #now = 1000;
  #wall: number;
  readonly #timers = new Set<Pending>();

  constructor(wallMs: number = Date.UTC(2026, 10, 21, 20, 31, 23)) {
    this.#wall = wallMs;
  }

  now(): number {
    return this.#now;
  }

  wallMs(): number {
    return this.#wall;
  }

  after(ms: number, callback: () => void): Timer {
    const pending = { at: this.#now + ms, callback };
    this.#timers.add(pending);
    return { cancel: () => this.#timers.delete(pending) };
  }

  /** Timers that neither ran nor were cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves the wall clock alone, as a correction of the machine's time does. */
  jumpWall(ms: number): void {
    this.#wall += ms;
  }

  /** Turns the hands, running what falls due on the way, timers that it makes included. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let next = this.#next(); next !== undefined && next.at <= until; next = this.#next()) {
      this.#turnTo(next.at);
      this.#timers.delete(next);
      next.callback();
    }
    this.#turnTo(until);
  }

  /** Turns to each timer in turn until `work` is settled. Throws when it hangs with no timer left, or beyond `limitMs`. */
  async run<T>(work: Promise<T>, limitMs = 600_000): Promise<T> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    work.then(done, done);
    const until = this.#now + limitMs;
    for (await turn(); !settled; await turn()) {
      const next = this.#next();
      if (next === undefined) throw new Error("the work hangs: no timer is left to wake it");
      if (next.at > until) throw new Error(`the work did not end within ${limitMs} ms of the fake clock`);
      this.advance(next.at - this.#now);
    }
    return await work;
  }

  #next(): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.at < first.at) first = timer;
    return first;
  }

  #turnTo(at: number): void {
    this.#wall += at - this.#now;
    this.#now = at;
  }
}

/** Lets every promise that can go on go on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
