// How far Duo's clock is from ours, learnt from ping and used to date requests. SECURITY: ping is protected by TLS
// alone, so the offset is bounded; a larger one is reported and not used.

/** Requests are refused by Duo beyond 300 s of skew; more than a day is a machine without a clock. */
export const OFFSET_MAX_MS = 24 * 60 * 60 * 1000;

export class ClockOffset {
  #offsetMs = 0;
  #known = false;

  get known(): boolean {
    return this.#known;
  }

  /** Milliseconds to add to the wall clock to get Duo's time. */
  get ms(): number {
    return this.#offsetMs;
  }

  /** Takes Duo's time in seconds, seen between two readings of the wall clock. False when it is beyond the bound. */
  learn(duoSeconds: number, sentAtMs: number, receivedAtMs: number): boolean {
    // Duo's time has whole seconds: half a second is the best guess of the part that is cut off.
    const offset = duoSeconds * 1000 + 500 - (sentAtMs + receivedAtMs) / 2;
    if (Math.abs(offset) > OFFSET_MAX_MS) return false;
    this.#offsetMs = Math.abs(offset) < 1500 ? 0 : offset;
    this.#known = true;
    return true;
  }
}
