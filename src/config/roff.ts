// Text for a manual page: a line of prose as mdoc(7) wants it. Pure; used by manual.ts and by the generator of duogate(1).

/** `text` as lines of an mdoc page, one sentence on each, nothing in them taken for a request or an escape. */
export function mdocText(text: string): string {
  if (text === "") return "";
  const sentences = text.replaceAll(/(?<=[\p{L}\d)]\.) +(?=\p{Lu})/gu, "\n").split("\n");
  return sentences.map((sentence) => `${mdocLine(sentence)}\n`).join("");
}

/** One line as it is: a backslash begins an escape, a dot or an apostrophe in front a request. No path is hyphenated. */
export function mdocLine(line: string): string {
  const text = line.replaceAll("\\", "\\e").replaceAll(/(?<=^|[\s("])(?=\/\w)/g, "\\%");
  return /^[.']/.test(text) ? `\\&${text}` : text;
}
