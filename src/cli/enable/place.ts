// Behind which line of a service's own file the module's line belongs: the last one that asks for the first factor, so that no
// stranger's login rings a phone. It proposes; proof.ts judges what came of it. Pure.

import type { PamEntry, PamService } from "../../host/pam/entry.ts";
import { type FirstFactors, roleOf } from "../../host/pam/modules.ts";

/** The number of the physical line to write behind; undefined where no line asks for a first factor. */
export function placeBehind(
  { file, stacks }: PamService,
  text: string,
  firstFactors: FirstFactors,
): number | undefined {
  const factors = stacks.auth.entries.filter(
    (entry) => entry.kind === "module" && roleOf(entry, firstFactors) === "factor",
  );
  const lines = factors.flatMap((entry) => ownLine(entry, file) ?? []);
  return lines.length === 0 ? undefined : lastPhysical(text, Math.max(...lines));
}

/** The line of the service's own file that brought the entry in. */
function ownLine({ place, includedFrom }: PamEntry, file: string | undefined): number | undefined {
  const outermost = includedFrom[0] ?? place;
  return outermost.file === file ? outermost.line : undefined;
}

/** A backslash at its end continues a line. */
function lastPhysical(text: string, line: number): number {
  const lines = text.split("\n");
  let last = line;
  while (/^[^#]*\\[ \t]*$/.test(lines[last - 1] ?? "") && last < lines.length) last += 1;
  return last;
}
