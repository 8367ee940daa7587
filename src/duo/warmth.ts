// Keeps one connection to Duo open and the clock offset fresh around logins: a ping when a helper connects and the
// way is cold, and again in intervals until a while after the last login. No login ever waits for it.

import type { Clock, Timer } from "../core/clock.ts";

export interface WarmthParts {
  readonly clock: Clock;
  /** Sends a ping; must not reject. */
  readonly ping: () => Promise<unknown>;
  /** How long after the last use the connection is kept, in milliseconds. */
  readonly keepWarmMs: number;
}

/** Below the transport's idle limit (20 s), so that the connection it refreshes never reaches it. */
export const PING_INTERVAL_MS = 12_000;

export class Warmth {
  readonly #parts: WarmthParts;
  #lastUse = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #closed = false;

  constructor(parts: WarmthParts) {
    this.#parts = parts;
  }

  /** Somebody is about to need Duo. Opens a connection now unless one is being kept warm already. */
  touch(): void {
    this.#lastUse = this.#parts.clock.now();
    if (this.#timer === undefined) this.#beat();
  }

  /** Ends it: no timer is left. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #beat(): void {
    this.#timer = undefined;
    if (this.#closed || this.#parts.clock.now() - this.#lastUse > this.#parts.keepWarmMs) return;
    this.#timer = this.#parts.clock.after(PING_INTERVAL_MS, () => this.#beat());
    void this.#parts.ping();
  }
}
