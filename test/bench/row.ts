// Owns what a row of the benchmark is, and finds them all: every module in rows/ that exports `row`, by file name. A new
// measurement is a new file there and changes nothing else. Called by main.ts.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Figure } from "./figure.ts";
import type { Rig } from "./rig.ts";

export interface Row {
  /** For the progress: what is being measured. */
  readonly title: string;
  /** Leaves nothing running. Rejects only when the rig is broken or interrupted, never because something is slow. */
  measure(rig: Rig): Promise<readonly Figure[]>;
}

export async function findRows(): Promise<readonly Row[]> {
  const folder = join(import.meta.dirname, "rows");
  const files = readdirSync(folder).filter((name) => /\.(js|ts)$/.test(name));
  return await Promise.all(files.toSorted().map((name) => load(join(folder, name))));
}

async function load(file: string): Promise<Row> {
  const module: { readonly row?: Row } = await import(pathToFileURL(file).href);
  if (typeof module.row?.measure !== "function") throw new TypeError(`${file} exports no row`);
  return module.row;
}
