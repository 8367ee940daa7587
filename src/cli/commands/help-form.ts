// How `--help` looks: how an option and a command are worded, and that every line fits the terminal, the texts that the
// commands add below included. Pure. Used by program.ts for every command.

import { type Command, Help, Option } from "commander";

const PLAIN = new Help();

/** As commander words it, but without the default of a switch or a list: "(default: false)" tells nobody anything. */
export function optionDescription(option: Option): string {
  const tells = ["string", "number"].includes(typeof option.defaultValue);
  if (tells) return PLAIN.optionDescription(option);
  const silent = new Option(option.flags, option.description);
  return PLAIN.optionDescription(Object.assign(silent, option, { defaultValue: undefined }));
}

/** Without "[options]", which each command has: commander wraps no description that this leaves too little room. */
export function subcommandTerm(command: Command): string {
  return PLAIN.subcommandTerm(command).replace(" [options]", "");
}

/** `text` with no line longer than `width`, where that can be: prose is filled anew, a table's last column is hung. */
export function fitted(text: string, width: number): string {
  const paragraphs = text.split(/\n(?=\n)/);
  return paragraphs.map((paragraph) => fitParagraph(paragraph.split("\n"), width).join("\n")).join("\n");
}

function fitParagraph(lines: readonly string[], width: number): readonly string[] {
  if (lines.every((line) => line.length <= width)) return lines;
  const prose = lines.every((line) => !line.startsWith(" "));
  if (!prose) return lines.flatMap((line) => fitLine(line, width));
  const blank = lines.findIndex((line) => line !== "");
  return [...lines.slice(0, blank), ...filled(lines.slice(blank).join(" "), "", "", width)];
}

/** Of a line that is too long, what stands behind a gap of two blanks or more goes on below itself. */
function fitLine(line: string, width: number): readonly string[] {
  if (line.length <= width) return [line];
  if (!line.startsWith(" ")) return filled(line, "", "", width);
  const [, before = "", rest] = /^( *\S.*?\S? {2,})(\S.*)$/.exec(line) ?? [];
  if (rest === undefined) return [line];
  if (before.length <= width / 2) return filled(rest, before, " ".repeat(before.length), width);
  return [before.trimEnd(), ...filled(rest, " ".repeat(6), " ".repeat(6), width)];
}

function filled(text: string, first: string, next: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/ +/)) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = next;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
