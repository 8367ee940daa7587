// A private copy of the machine's PAM files with one of them changed, in which a login can be tried before anybody depends on it.
// Called by enable.ts.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface PrivateCopy {
  readonly folder: string;
  remove(): void;
}

/** The folders in libpam's order: the first that has a name wins. `parent` is root's alone. */
export function copyWith(
  parent: string,
  folders: readonly string[],
  changed: { readonly service: string; readonly text: string },
): PrivateCopy {
  const folder = mkdtempSync(join(parent, "try-"));
  for (const from of [...folders].reverse()) {
    for (const name of filesIn(from))
      writeFileSync(join(folder, name), readFileSync(join(from, name)), { mode: 0o600 });
  }
  writeFileSync(join(folder, changed.service), changed.text, { encoding: "latin1", mode: 0o600 });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function filesIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.flatMap((one) =>
      one.isFile() || (one.isSymbolicLink() && readable(folder, one.name)) ? [one.name] : [],
    );
  } catch {
    return [];
  }
}

function readable(folder: string, name: string): boolean {
  try {
    readFileSync(join(folder, name));
    return true;
  } catch {
    return false;
  }
}
