// How fast one account, its subordinate uids included, may begin logins on login.sock: each of them that goes on is written to
// the log, allowed or not, and whoever is outside the groups could begin thousands in a second. Time and numbers only.

import type { Clock } from "../core/clock.ts";

/** More than the connections of an editor or a build at once, and more than a busy account needs in the long run. */
export const PACE_BURST = 120;
export const PACE_PER_SECOND = 4;
/** In this time any account has all of its logins again. */
const REFILL_MS = (PACE_BURST / PACE_PER_SECOND) * 1000;

interface Bucket {
  left: number;
  at: number;
}

export class LoginPace {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();
  #lookedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Accounts that have begun a login lately. */
  get remembered(): number {
    return this.#buckets.size;
  }

  /** True: one more login of `account` may begin now, and has been counted. */
  take(account: string): boolean {
    const now = this.#clock.now();
    this.#forgetFull(now);
    const bucket = this.#buckets.get(account) ?? { left: PACE_BURST, at: now };
    bucket.left = leftAt(bucket, now);
    bucket.at = now;
    this.#buckets.set(account, bucket);
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }

  /** Seldom, because it looks at all of them. */
  #forgetFull(now: number): void {
    if (now - this.#lookedAt < REFILL_MS) return;
    this.#lookedAt = now;
    for (const [account, bucket] of this.#buckets) {
      if (leftAt(bucket, now) >= PACE_BURST) this.#buckets.delete(account);
    }
  }
}

function leftAt({ left, at }: Bucket, now: number): number {
  return Math.min(PACE_BURST, left + ((now - at) / 1000) * PACE_PER_SECOND);
}
