// Owns the table that a person reads: one line for each figure, in its unit and, for times, in multiples of the round trip, with
// its aim beside it. Pure. Called by main.ts.

import type { Paint } from "../demo/paint.ts";
import { type Figure, type Measured, meetsAim, summarise, type Unit } from "./figure.ts";

const HEAD = ["", "median", "p95", "median", "p95", "n", "aim for the median", ""] as const;

export function tableLines(paint: Paint, figures: readonly Figure[], roundTripMs: number): readonly string[] {
  const rows = figures.map((figure) => (figure.kind === "measured" ? cells(figure, roundTripMs) : [figure.title]));
  const widths = HEAD.map((head, i) => Math.max(head.length, ...rows.map((row) => (row[i] ?? "").length)));
  const line = (row: readonly string[]): string =>
    widths
      .map((width, i) => (i === 0 || i >= 6 ? (row[i] ?? "").padEnd(width) : (row[i] ?? "").padStart(width)))
      .join("  ");
  const body = figures.map((figure, i) => {
    const text = line(rows[i] ?? []).trimEnd();
    if (figure.kind === "not-measured") return `${text}  ${paint.yellow(`not measured: ${figure.reason}`)}`;
    const met = meetsAim(figure);
    return met === undefined ? text : `${text}  ${met ? paint.green("met") : paint.red("missed")}`;
  });
  return [paint.bold(line(HEAD).trimEnd()), ...body];
}

function cells(figure: Measured, roundTripMs: number): readonly string[] {
  const { median, p95, n } = summarise(figure.samples);
  const { aim, title, unit } = figure;
  if (unit !== "ms") {
    const sign = aim?.atLeast === true ? "≥" : "≤";
    return [
      title,
      WRITTEN[unit](median),
      WRITTEN[unit](p95),
      "",
      "",
      String(n),
      aim === undefined ? "" : `${sign} ${aim.words}`,
    ];
  }
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const trips = (value: number): string => `${(value / roundTripMs).toFixed(2)} R`;
  const words = aim === undefined ? "" : `≤ ${aim.words} = ${aim.limit.toFixed(1)} ms`;
  return [title, ms(median), ms(p95), trips(median), trips(p95), String(n), words];
}

const WRITTEN: Readonly<Record<Exclude<Unit, "ms">, (value: number) => string>> = {
  instructions: (value) => `${(value / 1e6).toFixed(3)} M`,
  "logins/s": (value) => `${value.toFixed(0)} /s`,
  KiB: (value) => `${value.toFixed(0)} KiB`,
};
