// Changes of one line that may put a stack with Duo's line in order: another control value, or another place for Duo's own line.
// They are proposals as an administrator would make them; change.ts judges each. Pure.

import type { PamEntry, PamModuleEntry, PamPlace } from "./entry.ts";
import { entryOf, lineText } from "./line-text.ts";
import type { Judging } from "./persons.ts";

export type Edit =
  | { readonly kind: "write"; readonly place: PamPlace; readonly text: string }
  /** Duo's line goes behind another one of the same file. */
  | { readonly kind: "move"; readonly place: PamPlace; readonly behind: PamPlace; readonly text: string }
  | { readonly kind: "remove"; readonly place: PamPlace };

const JUMPS = [1, 2, 3, 4, 5];

/** `required` for Duo's own line first, then the lines above and below it, then other places for it. */
export function* editsOf(entries: readonly PamEntry[], duoLine: string, judging: Judging): Generator<Edit> {
  const modules = entries.filter((entry) => entry.kind === "module");
  const own = modules.filter(judging.watched);
  for (const { place } of own) yield { kind: "write", place, text: duoLine };
  for (const entry of modules.filter((one) => !judging.watched(one))) {
    const written = new Set([entry.control.text]);
    for (const control of controlsFor(entry)) {
      if (written.has(control)) continue;
      written.add(control);
      yield { kind: "write", place: entry.place, text: lineText({ ...entry, control }) };
    }
  }
  const [line] = own;
  if (line === undefined) return;
  for (const place of placesFor(line, entries)) yield { kind: "move", place: line.place, behind: place, text: duoLine };
  if (own.length > 1) for (const { place } of own) yield { kind: "remove", place };
}

function controlsFor({ control: { text } }: PamModuleEntry): readonly string[] {
  switch (text.toLowerCase()) {
    case "required":
    case "optional":
      return ["requisite"];
    case "requisite":
      return [];
    case "sufficient":
      return ["requisite", ...JUMPS.map((count) => `success=${count} default=ignore`)];
    default:
      return [
        ...["ok", ...JUMPS].map((to) => text.replace(/success\s*=\s*(?:done|ok|\d+)/, `success=${to}`)),
        text.replace(/default\s*=\s*\w+/, "default=die"),
      ];
  }
}

/** The lines of the same file that brought other entries in, each once. */
function placesFor(line: PamModuleEntry, entries: readonly PamEntry[]): readonly PamPlace[] {
  const places = entries.flatMap(({ place, includedFrom }) =>
    [...includedFrom, place].filter(({ file, line: number }) => file === line.place.file && number !== line.place.line),
  );
  return [...new Map(places.map((place) => [place.line, place])).values()];
}

/** The stack with the edit made, as libpam would read it: the numbers of jumps stay what they are. */
export function edited(entries: readonly PamEntry[], edit: Edit): readonly PamEntry[] | undefined {
  const at = (place: PamPlace) => (entry: PamEntry) =>
    entry.place.file === place.file && entry.place.line === place.line;
  const here = entries.find(at(edit.place));
  if (here === undefined) return entries;
  switch (edit.kind) {
    case "remove":
      return entries.filter((entry) => !at(edit.place)(entry));
    case "write": {
      const written = entryOf(edit.text, here);
      return (
        written &&
        entries.map((entry) =>
          at(edit.place)(entry) ? { ...written, level: entry.level, includedFrom: entry.includedFrom } : entry,
        )
      );
    }
    default: {
      const rest = entries.filter((entry) => !at(edit.place)(entry));
      const { file, line } = edit.behind;
      const brought = ({ place, includedFrom }: PamEntry) =>
        [place, ...includedFrom].some((one) => one.file === file && one.line === line);
      const written = entryOf(edit.text, here);
      return written && rest.toSpliced(rest.findLastIndex(brought) + 1, 0, written);
    }
  }
}

/** Whether the edit changes what this stack is made of. */
export function touches(entries: readonly PamEntry[], { place: { file, line } }: Edit): boolean {
  return entries.some(({ place }) => place.file === file && place.line === line);
}
