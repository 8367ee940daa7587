// DisplayText: text that is safe to show on a terminal and to write into one log line. The brand makes the compiler
// refuse raw server or user text where display text is wanted. docs/PROTOCOL.md section 1, `display`.

declare const brand: unique symbol;
export type DisplayText = string & { readonly [brand]: "display-text" };

/** Longest text of an INFO, ERROR or PROMPT, in bytes (docs/PROTOCOL.md section 2). */
export const DISPLAY_MAX_BYTES = 2048;

// Controls but LF and TAB (C0, DEL, C1), format characters (bidi controls and marks, zero-width, tags, BOM), line and
// paragraph separators, lone surrogates: each can make a terminal or a log viewer show something other than what was
// written.
const UNSAFE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Makes any text safe: unsafe characters and lone surrogates become `?`, and it ends at `maxBytes` of UTF-8. */
export function displayText(text: string, maxBytes: number = DISPLAY_MAX_BYTES): DisplayText {
  const safe = text.replaceAll("\r\n", "\n").replace(UNSAFE, "?");
  return truncateUtf8(safe, maxBytes) as DisplayText;
}

/** Like displayText, on one line: LF and TAB become spaces. For log fields and for names inside a sentence. */
export function displayLine(text: string, maxBytes = 256): DisplayText {
  return displayText(text, maxBytes).replace(/[\n\t]+/g, " ") as DisplayText;
}

/** Joins safe parts; the result is safe because each part is. */
export function display(strings: TemplateStringsArray, ...parts: readonly (DisplayText | number)[]): DisplayText {
  const text = strings.reduce((all, piece, i) => all + piece + (i < parts.length ? String(parts[i]) : ""), "");
  return displayText(text);
}

function truncateUtf8(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const cut = Buffer.from(text).subarray(0, maxBytes);
  // An incomplete last character decodes to U+FFFD: drop it instead of showing it.
  return cut.toString().replace(/\ufffd$/, "");
}
