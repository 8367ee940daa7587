// How the libpam that is installed takes a file apart into lines. Linux-PAM before 1.6 reads into a buffer of 1024 bytes and goes
// on with the next line behind a comment inside a continued line; later versions read whole lines, and end there. Reads the
// library's file, and loads nothing.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { moduleFolder } from "./module-file.ts";

export type LineReading = "buffered" | "whole";

const LIBRARY = "libpam.so.0";

/** `whole` where no libpam is found below `root`. */
export function installedReading(root = "/"): LineReading {
  const folder = moduleFolder(root);
  const places = folder === undefined ? [] : [dirname(folder), join(dirname(folder), "..")];
  for (const place of places) {
    const reading = readingOf(join(place, LIBRARY));
    if (reading !== undefined) return reading;
  }
  return "whole";
}

/** The library carries no version that could be asked for. The buffered reader is the only part of it that calls fgets. */
export function readingOf(library: string): LineReading | undefined {
  try {
    return readFileSync(library).includes("fgets") ? "buffered" : "whole";
  } catch {
    return undefined;
  }
}
