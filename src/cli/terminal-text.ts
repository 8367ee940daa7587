// What the command writes to standard output and error, as the last thing before the write: no control reaches the terminal
// but line feeds, tabs and the command's own colours. Commands make safe what they show; this is for what one of them forgets.

import { displayText } from "../core/display-text.ts";

/** The colours that commands use; anything else that begins with ESC is not ours. */
const ESC = "\u001b";
const COLOUR = new RegExp(`(${ESC}\\[(?:0|31|32|33|31;1)m)`);

export function terminalText(text: string): string {
  // Split at a group: colours stand at the odd places.
  return text
    .split(COLOUR)
    .map((part, index) => (index % 2 === 1 ? part : displayText(part, Number.MAX_SAFE_INTEGER)))
    .join("");
}
