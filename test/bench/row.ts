// Owns what a row of the benchmark is, and finds them all: every module in rows/ that exports `row`, by file name. A new
// measurement is a new file there and changes nothing else. Called by main.ts.

import { readdirSync } from "node:fs";
import { basename, extname } from "node:path";
import { repositoryFile } from "../support/repository.ts";
import type { Figure } from "./figure.ts";
import type { Rig } from "./rig.ts";

export interface Row {
  /** For the progress: what is being measured. */
  readonly title: string;
  /** Leaves nothing running. Rejects only when the rig is broken or interrupted, never because something is slow. */
  measure(rig: Rig): Promise<readonly Figure[]>;
}

/** Goes by the sources, since the build leaves the compiled form of a file that is gone or renamed. */
export async function findRows(): Promise<readonly Row[]> {
  const sources = readdirSync(repositoryFile("test/bench/rows")).filter((name) => name.endsWith(".ts"));
  const compiled = sources.toSorted().map((name) => `${basename(name, ".ts")}${extname(SELF)}`);
  return await Promise.all(compiled.map((name) => load(new URL(`./rows/${name}`, SELF).href)));
}

async function load(address: string): Promise<Row> {
  const module: { readonly row?: Row } = await import(address);
  if (typeof module.row?.measure !== "function") throw new TypeError(`${address} exports no row`);
  return module.row;
}

const SELF = import.meta.url;
