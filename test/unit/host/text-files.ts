// A folder with files of these texts, as a tree of /proc or /etc for a test.

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** @returns a new folder in `parent`. */
export function textFiles(parent: string, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(parent, "files-"));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return folder;
}
