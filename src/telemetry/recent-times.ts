// The last durations of one kind, and their percentiles for a person who asks: exact, of a bounded number. Prometheus has
// histograms of its own (metrics.ts). Made by cli/.

const KEPT = 1024;

export interface Percentiles {
  /** How many the figures are of. */
  readonly count: number;
  /** Milliseconds; undefined where there is nothing yet. */
  readonly p50?: number;
  readonly p90?: number;
  readonly p99?: number;
}

export class RecentTimes {
  readonly #times = new Float64Array(KEPT);
  #added = 0;

  add(ms: number): void {
    this.#times[this.#added % KEPT] = ms;
    this.#added += 1;
  }

  /** By nearest rank, in milliseconds to a tenth. */
  get percentiles(): Percentiles {
    const count = Math.min(this.#added, KEPT);
    if (count === 0) return { count };
    const sorted = this.#times.slice(0, count).sort();
    const at = (share: number) => Math.round((sorted[Math.ceil(share * count) - 1] ?? 0) * 10) / 10;
    return { count, p50: at(0.5), p90: at(0.9), p99: at(0.99) };
  }
}
