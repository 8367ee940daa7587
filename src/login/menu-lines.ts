// The numbered lines of the menu, within what one prompt can hold: as many as fit with their whole text, and one line with
// the names of the rest, which can be chosen as well. Nothing is left out without a word.

import type { FactorMenu, FactorOption } from "../duo/api.ts";

/** What DISPLAY_MAX_BYTES leaves next to a notice, the heading and the question (words.ts). */
export const MENU_LINES_MAX_BYTES = 1400;

export function menuLines({ options, preferred }: FactorMenu): string {
  const lines = options.map((option, i) => {
    const enter = option === preferred ? " [Enter]" : "";
    return ` ${i + 1}. ${option.label}${enter}\n`;
  });
  for (let shown = lines.length; shown >= 0; shown -= 1) {
    const text = lines.slice(0, shown).join("") + restLine(options.slice(shown), shown);
    if (Buffer.byteLength(text) <= MENU_LINES_MAX_BYTES) return text;
  }
  return ` 1-${options.length}. more than can be shown here; choose by number\n`;
}

/** ` 16-20. and 5 more: push16 to push18, phone1, phone3`. */
function restLine(rest: readonly FactorOption[], before: number): string {
  if (rest.length === 0) return "";
  const last = before + rest.length;
  const numbers = rest.length === 1 ? `${last}` : `${before + 1}-${last}`;
  return ` ${numbers}. and ${rest.length} more: ${runsOf(rest.map(({ name }) => name)).join(", ")}\n`;
}

function runsOf(names: readonly string[]): readonly string[] {
  const runs: { first: string; last: string }[] = [];
  for (const name of names) {
    const run = runs.at(-1);
    if (run !== undefined && follows(run.last, name)) run.last = name;
    else runs.push({ first: name, last: name });
  }
  return runs.map(({ first, last }) => (first === last ? first : `${first} to ${last}`));
}

function follows(one: string, other: string): boolean {
  const [, kind, number] = /^(\D+)(\d+)$/.exec(one) ?? [];
  return other === `${kind}${Number(number) + 1}`;
}
