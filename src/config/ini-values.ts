// The second reader: what the `ini` package makes of the entries that lines.ts passed. It gets each value as a JSON
// string, the one form that it does not cut, convert or nest. Called by parse.ts.

import { parse } from "ini";
import type { Entry } from "./lines.ts";

/**
 * The values as `ini` reads them, in the order of the entries.
 * @throws when they are not what the file says: two readers that disagree on a secret are a defect, not bad input.
 */
export function readWithIni(entries: readonly Entry[]): readonly string[] {
  // One section at a time: `ini` would take a later section of the same name for more of the first.
  return entries.map((entry) => {
    const { section, key } = entry.option;
    const document: unknown = parse(`[${section}]\n${key} = ${JSON.stringify(entry.value)}\n`);
    // `ini` turns true, false and null into values of JavaScript, quoted or not.
    const value = String(property(property(document, section), key));
    if (value !== entry.value) throw new Error(`line ${entry.line}: ini reads ${key} differently`);
    return value;
  });
}

function property(holder: unknown, name: string): unknown {
  return Object.entries(holder ?? {}).find(([key]) => key === name)?.[1];
}
