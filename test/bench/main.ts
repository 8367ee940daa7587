// `npm run bench`: how long logins take in round trips to Duo, and what they cost the login process. The only file here that
// reads argv and the environment and sets the exit code. Asserts nothing about time.

import { writeFileSync } from "node:fs";
import { CommanderError } from "commander";
import { type Interrupt, orAborted, watchInterrupts } from "../demo/interrupt.ts";
import { createPaint } from "../demo/paint.ts";
import { CannotRun } from "../demo/stage.ts";
import { type Figure, summarise } from "./figure.ts";
import { type BenchOptions, parseOptions } from "./options.ts";
import { reportOf } from "./report.ts";
import { makeRig, type Rig } from "./rig.ts";
import { findRows } from "./row.ts";
import { tableLines } from "./table.ts";

const EXIT = { measured: 0, failed: 1, usage: 2, cannotRun: 3 } as const;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** On a terminal one line that changes; elsewhere silence between the titles, which is what a log wants. */
function progress(done: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(done < of ? `\r  ${done} of ${of} ` : "\r\x1b[K");
}

async function measureAll(rig: Rig): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const row of await findRows()) {
    print(`measuring ${row.title}`);
    figures.push(...(await orAborted(row.measure(rig), rig.signal)));
  }
  return figures;
}

async function bench({ json, ...settings }: BenchOptions, interrupt: Interrupt): Promise<void> {
  const began = performance.now();
  const rig = await makeRig(settings, progress, interrupt.signal);
  try {
    const figures = await measureAll(rig);
    const lateness = await rig.relay.takeLateness();
    writeFileSync(json, `${JSON.stringify(reportOf(settings, figures, rig.hopCostMs, lateness), null, 1)}\n`);
    const paint = createPaint(process.env, process.stdout.isTTY === true);
    print("");
    for (const line of tableLines(paint, figures, settings.roundTripMs)) print(line);
    print("");
    print(`R = ${settings.roundTripMs} ms: what an echo of one byte takes through the relay.`);
    print(`The relay's own ${rig.hopCostMs.toFixed(2)} ms are taken off its delay${latenessWords(lateness)}.`);
    print(`${((performance.now() - began) / 1000).toFixed(1)} s; all samples are in ${json}`);
  } finally {
    await rig.close();
  }
}

function latenessWords(lateness: readonly number[]): string {
  if (lateness.length === 0) return "";
  const { median, p95 } = summarise(lateness);
  return `; its deliveries were late by ${median.toFixed(2)} ms (median), ${p95.toFixed(2)} ms (p95)`;
}

async function main(options: BenchOptions): Promise<number> {
  const interrupt = watchInterrupts();
  try {
    await bench(options, interrupt);
    return EXIT.measured;
  } catch (error) {
    const code = interrupt.exitCode();
    if (code !== undefined) return code;
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof CannotRun ? EXIT.cannotRun : EXIT.failed;
  }
}

try {
  process.exitCode = await main(parseOptions(process.argv));
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.measured : EXIT.usage;
}
