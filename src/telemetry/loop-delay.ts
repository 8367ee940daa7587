// How late the event loop runs its timers. Measuring takes a timer of its own, which wakes the process; so it runs only while
// somebody comes to read it, and stops when nobody has for a while. Made by metrics-process.ts.

import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { Clock, Timer } from "../core/clock.ts";

/** Ten wake-ups a second. Shorter delays than this are seen only sometimes, longer ones always. */
const RESOLUTION_MS = 100;
/** Longer than anybody scrapes apart. */
export const REST_AFTER_MS = 5 * 60_000;

export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export class LoopDelayMeter {
  readonly #clock: Clock;
  #histogram: IntervalHistogram | undefined;
  #rest: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Seconds of delay since the last call; undefined where there is nothing yet, as at the first. Goes on measuring. */
  read(): LoopDelay | undefined {
    this.#rest?.cancel();
    this.#rest = this.#clock.after(REST_AFTER_MS, () => this.close());
    const histogram = this.#histogram;
    if (histogram === undefined) {
      this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      this.#histogram.enable();
      return undefined;
    }
    if (histogram.count === 0) return undefined;
    // Node records the time between two ticks, which is the resolution where nothing is late.
    const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000);
    const delay = {
      p50: late(histogram.percentile(50)),
      p99: late(histogram.percentile(99)),
      max: late(histogram.max),
    };
    histogram.reset();
    return delay;
  }

  /** No timer is left; the next read() begins anew. */
  close(): void {
    this.#rest?.cancel();
    this.#histogram?.disable();
    this.#histogram = undefined;
  }
}
