// What a line or a value may not hold, because the admin, Duo Unix, `ini` and we would not all read the same. What
// passes here is taken byte for byte. Pure. Used by lines.ts.

import { type Complaint, complaint } from "./problem.ts";

const CONTROL = /(?!\t)\p{Cc}/u;
// Format characters (zero-width, bidi), line and paragraph separators, lone surrogates, spaces other than U+0020.
const INVISIBLE = /(?! )[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Zs}]/u;

/** A character that has no place anywhere in the file, or outside its comments. */
export function textFault(line: string): Complaint | undefined {
  const control = CONTROL.exec(line);
  if (control)
    return complaint("control-character", `the line has the control character ${name(control[0])}`, "delete it");
  const invisible = /^[ \t]*[;#]/.test(line) ? null : INVISIBLE.exec(line);
  if (invisible === null) return undefined;
  const message = `the line has the invisible character ${name(invisible[0])}`;
  return complaint("invisible-character", message, "delete it, or type a plain space in its place");
}

/** A form of value that one reader would cut or unquote where another would not. */
export function valueFault(value: string): Complaint | undefined {
  if (value === "") {
    return complaint("empty-value", "there is no value", "write one after the =, or remove the line for the default");
  }
  if (/(^|[ \t])[;#]/.test(value)) {
    const message = "a ; or # at the beginning or after a space could be a comment or a part of the value";
    return complaint(
      "inline-comment",
      message,
      "put a comment on a line of its own; inside a word both are taken as written",
    );
  }
  if (/^(["']).*\1$/.test(value)) {
    return complaint(
      "quoted-value",
      "the value is in quotes, which would be a part of it",
      "write it without the quotes",
    );
  }
  return undefined;
}

function name(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
