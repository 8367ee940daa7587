// Owns the benchmark's command line. Called by main.ts.

import { Command, InvalidArgumentError } from "commander";
import { repositoryFile } from "../support/repository.ts";
import type { Settings } from "./rig.ts";

export interface BenchOptions extends Settings {
  readonly json: string;
}

const DEFAULT_RTT_MS = 40;
const DEFAULT_COUNT = 50;
const QUICK_COUNT = 10;

/** @throws CommanderError for --help and for a line that makes no sense. */
export function parseOptions(argv: readonly string[]): BenchOptions {
  const command = new Command("npm run bench --")
    .description(
      "Measures logins through the real daemon, module and libpam, against an emulator of Duo behind a relay that adds a\n" +
        "fixed round-trip time R. Prints a table with our aims and writes JSON. A missed aim is shown and fails nothing.",
    )
    .option("--rtt <ms>", "the round trip R between daemon and Duo", number(1, 1000, false), DEFAULT_RTT_MS)
    .option(
      "--count <n>",
      `samples of each figure (default: ${DEFAULT_COUNT}, ${QUICK_COUNT} with --quick)`,
      number(1, 10_000, true),
    )
    .option("--quick", "few samples: below 20 seconds in all")
    .option("--json <file>", "where the JSON goes", repositoryFile("dist/bench.json"))
    .exitOverride();
  const { rtt, count, quick, json } = command.parse(argv).opts<{
    rtt: number;
    count?: number;
    quick?: boolean;
    json: string;
  }>();
  const isQuick = quick === true;
  return { roundTripMs: rtt, count: count ?? (isQuick ? QUICK_COUNT : DEFAULT_COUNT), quick: isQuick, json };
}

function number(min: number, max: number, whole: boolean): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(`Write a ${whole ? "whole " : ""}number from ${min} to ${max}.`);
  };
}
