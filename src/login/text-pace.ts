// Text messages with passcodes: one for each user in a minute, host-wide. Each of them rings, and Duo's customer pays for it, and
// its codes stay good, so that nobody needs the next one sooner. Time and names only.

import type { Clock } from "../core/clock.ts";
import { userKeys } from "./user-keys.ts";

export const TEXT_SPACING_MS = 60_000;

export class TextPace {
  readonly #clock: Clock;
  readonly #takenAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True: one may be sent now, and has been counted. */
  take(user: string, phones: string | undefined): boolean {
    const now = this.#clock.now();
    // In the order of their time, which the first that is not over ends.
    for (const [key, at] of this.#takenAt) {
      if (now - at < TEXT_SPACING_MS) break;
      this.#takenAt.delete(key);
    }
    const keys = userKeys(user, phones);
    if (keys.some((key) => this.#takenAt.has(key))) return false;
    for (const key of keys) this.#takenAt.set(key, now);
    return true;
  }

  /** It was not sent. */
  giveBack(user: string, phones: string | undefined): void {
    for (const key of userKeys(user, phones)) this.#takenAt.delete(key);
  }
}
