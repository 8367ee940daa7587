// How a change of a PAM file is shown before it is made. Pure.

import { displayText } from "../../core/display-text.ts";
import { lineDiff } from "../import/diff.ts";

const CONTEXT = 3;

/** The changed lines with some around them, as a unified difference shows them. */
/** `from`: the file that it becomes a copy of. */
export function changeText(path: string, before: string, after: string, from = path): string {
  const lines = lineDiff(before, after).split("\n");
  const changed = lines.flatMap((line, index) => (line.startsWith(" ") ? [] : [index]));
  const near = lines.filter((_, index) => changed.some((at) => Math.abs(at - index) <= CONTEXT));
  return displayText(`--- ${from}\n+++ ${path}, as it would be\n${near.join("\n")}`, 65_536);
}
