// Owns the JSON that the benchmark leaves: everything measured, each sample included, and on what machine. Pure but for the
// machine's facts. Called by main.ts; other programs read it, so `format` is raised when a field changes its meaning.

import { cpus, release, totalmem } from "node:os";
import { type Aim, type Figure, meetsAim, type Summary, summarise, type Unit } from "./figure.ts";
import type { Settings } from "./rig.ts";

export interface Report {
  readonly format: 1;
  readonly settings: Settings;
  readonly machine: {
    readonly cpu: string;
    readonly cpus: number;
    readonly memoryBytes: number;
    readonly kernel: string;
    readonly node: string;
  };
  readonly relay: {
    /** Its own cost for each round trip, which was taken off its delay. */
    readonly hopCostMs: number;
    /** By how many milliseconds its deliveries were late: still in the figures. */
    readonly latenessMs: Summary | null;
  };
  readonly figures: readonly ReportedFigure[];
}

export type ReportedFigure =
  | (Summary & {
      readonly kind: "measured";
      readonly id: string;
      readonly title: string;
      readonly unit: Unit;
      readonly aim: (Aim & { readonly met: boolean }) | null;
      /** Median and p95 in multiples of the round trip, of figures in milliseconds. */
      readonly roundTrips: { readonly median: number; readonly p95: number } | null;
      readonly samples: readonly number[];
    })
  | Extract<Figure, { readonly kind: "not-measured" }>;

export function reportOf(
  settings: Settings,
  figures: readonly Figure[],
  hopCostMs: number,
  lateness: readonly number[],
): Report {
  const [cpu] = cpus();
  return {
    format: 1,
    settings,
    machine: {
      cpu: cpu?.model ?? "unknown",
      cpus: cpus().length,
      memoryBytes: totalmem(),
      kernel: release(),
      node: process.version,
    },
    relay: { hopCostMs, latenessMs: lateness.length === 0 ? null : summarise(lateness) },
    figures: figures.map((figure) => reported(figure, settings.roundTripMs)),
  };
}

function reported(figure: Figure, roundTripMs: number): ReportedFigure {
  if (figure.kind === "not-measured") return figure;
  const summary = summarise(figure.samples);
  const { median, p95 } = summary;
  const { kind, id, title, unit, aim, samples } = figure;
  const inTrips = unit === "ms" && roundTripMs > 0;
  return {
    ...{ kind, id, title, unit },
    ...summary,
    aim: aim === undefined ? null : { ...aim, met: meetsAim(figure) === true },
    roundTrips: inTrips ? { median: median / roundTripMs, p95: p95 / roundTripMs } : null,
    samples,
  };
}
