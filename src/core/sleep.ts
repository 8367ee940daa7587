// Waiting on the injected clock, cut short by an AbortSignal.

import type { Clock } from "./clock.ts";

/** Resolves after `ms`, or at once when the signal is or becomes aborted. Never rejects. */
export function sleep(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      timer.cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = clock.after(ms, done);
    signal.addEventListener("abort", done, { once: true });
  });
}
