// Owns the limits on blocking work that runs on libuv's worker threads: how many at once, how many may wait, how long.
// Must not know what the work is. Used by directory.ts, because a name service may hang for as long as it likes.

import type { Clock } from "../core/clock.ts";
import { err, type Result } from "../core/result.ts";

export interface BoundedLimits {
  /** Jobs on worker threads at once. libuv has four threads for everything, so two is a good number. */
  readonly maxConcurrent: number;
  /** Jobs that may wait for a slot; one more is refused with "busy" at once. */
  readonly maxWaiting: number;
  /** Milliseconds from the request to the answer, waiting included. */
  readonly timeoutMs: number;
}

export type BoundedFailure = { readonly code: "busy" } | { readonly code: "timeout"; readonly timeoutMs: number };

/** A job must look at `expired` between native calls and stop: nobody is waiting for it any more. */
export type Job<T, E> = (expired: () => boolean) => Promise<Result<T, E>>;

/** What is in use now. `running` counts a job that has timed out until its native call really returns. */
export interface BoundedUsage {
  readonly running: number;
  readonly waiting: number;
}

export interface Bounded {
  run<T, E>(job: Job<T, E>): Promise<Result<T, E | BoundedFailure>>;
  usage(): BoundedUsage;
}

/**
 * SECURITY: a slot is given back when the job settles, never when its time is up. A hung name service thus costs
 * `maxConcurrent` threads and no more; later jobs wait, time out or are refused, and the other threads stay free.
 */
export function createBounded(limits: BoundedLimits, clock: Clock): Bounded {
  checkLimits(limits);
  let running = 0;
  const waiting = new Set<() => Promise<void>>();

  function release(): void {
    running -= 1;
    for (const start of waiting) {
      waiting.delete(start);
      start();
      return;
    }
  }

  function run<T, E>(job: Job<T, E>): Promise<Result<T, E | BoundedFailure>> {
    if (running >= limits.maxConcurrent && waiting.size >= limits.maxWaiting) {
      return Promise.resolve(err({ code: "busy" }));
    }
    return new Promise((resolve, reject) => {
      let expired = false;
      const start = async (): Promise<void> => {
        running += 1;
        try {
          resolve(await job(() => expired));
        } catch (defect) {
          reject(defect);
        } finally {
          timer.cancel();
          release();
        }
      };
      const timer = clock.after(limits.timeoutMs, () => {
        expired = true;
        waiting.delete(start);
        resolve(err({ code: "timeout", timeoutMs: limits.timeoutMs }));
      });
      if (running < limits.maxConcurrent) start();
      else waiting.add(start);
    });
  }

  return { run, usage: () => ({ running, waiting: waiting.size }) };
}

function checkLimits({ maxConcurrent, maxWaiting, timeoutMs }: BoundedLimits): void {
  if (!(Number.isInteger(maxConcurrent) && maxConcurrent >= 1)) throw new RangeError("maxConcurrent must be 1 or more");
  if (!(Number.isInteger(maxWaiting) && maxWaiting >= 0)) throw new RangeError("maxWaiting must be 0 or more");
  if (!(timeoutMs > 0)) throw new RangeError("timeoutMs must be above 0");
}
