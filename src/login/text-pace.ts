// Text messages with passcodes: one for each user in a minute, host-wide. Each of them rings, and Duo's customer pays for it, and
// its codes stay good, so that nobody needs the next one sooner who has not used one. Time and names only.

import type { Clock } from "../core/clock.ts";
import { userKeys } from "./user-keys.ts";

export const TEXT_SPACING_MS = 60_000;

interface Taken {
  readonly at: number;
  readonly keys: readonly string[];
}

export class TextPace {
  readonly #clock: Clock;
  /** By each key of the user. */
  readonly #taken = new Map<string, Taken>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True: one may be sent now, and has been counted. */
  take(user: string, phones: string | undefined): boolean {
    const now = this.#clock.now();
    // In the order of their time, which the first that is not over ends.
    for (const [key, { at }] of this.#taken) {
      if (now - at < TEXT_SPACING_MS) break;
      this.#taken.delete(key);
    }
    const keys = userKeys(user, phones);
    if (keys.some((key) => this.#taken.has(key))) return false;
    for (const key of keys) this.#taken.set(key, { at: now, keys });
    return true;
  }

  /** It was not sent; or the user has shown since that it is them, and may have no code left. */
  giveBack(user: string): void {
    const [name = ""] = userKeys(user, undefined);
    for (const key of this.#taken.get(name)?.keys ?? []) this.#taken.delete(key);
  }
}
