// A file of the machine's that may not be there, or not be ours to read. Where the difference matters, a file is read elsewhere.

import { readFileSync } from "node:fs";

/** Its text, or nothing at all. */
export function textOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
