// Owns what a measurement gives: figures with their samples, the aim beside them, and the statistics of the table. Pure.
// Called by every row, the table and the report.

export type Unit = "ms" | "instructions" | "logins/s" | "KiB";

/** What we want the median to stay within. Shown beside the figure; nothing fails when it is missed. */
export interface Aim {
  readonly words: string;
  readonly limit: number;
  /** The limit is the least that is wanted, and not the most. */
  readonly atLeast?: boolean;
}

export interface Measured {
  readonly kind: "measured";
  /** Stable name for the JSON, in kebab-case. */
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  readonly samples: readonly number[];
  readonly aim?: Aim;
}

export interface NotMeasured {
  readonly kind: "not-measured";
  readonly id: string;
  readonly title: string;
  readonly reason: string;
}

export type Figure = Measured | NotMeasured;

export interface Summary {
  readonly n: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly min: number;
  readonly max: number;
}

/** Nearest rank. @throws RangeError without samples: a figure of nothing is a defect. */
export function summarise(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = (share: number): number => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    if (value === undefined) throw new RangeError("a figure needs samples");
    return value;
  };
  return { n: sorted.length, median: rank(0.5), p95: rank(0.95), p99: rank(0.99), min: rank(0), max: rank(1) };
}

/** Whether the median is within the aim; undefined where there is none. */
export function meetsAim(figure: Measured): boolean | undefined {
  if (figure.aim === undefined) return undefined;
  const { median } = summarise(figure.samples);
  return figure.aim.atLeast === true ? median >= figure.aim.limit : median <= figure.aim.limit;
}

/** So many round trips and so many milliseconds. */
export function aimOf(roundTrips: number, ms: number, roundTripMs: number): Aim {
  return { words: `${roundTrips} R + ${ms} ms`, limit: roundTrips * roundTripMs + ms };
}
