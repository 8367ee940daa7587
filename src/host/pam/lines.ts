// The text of a PAM file as the lines that libpam sees: comments off, continued lines joined, each with its place. Pure.
// Called by service.ts.

import { bufferedLines } from "./buffered-lines.ts";
import type { PamProblem } from "./entry.ts";
import type { LineReading } from "./line-reading.ts";

export interface PamText {
  readonly lines: readonly PamTextLine[];
  readonly problems: readonly PamProblem[];
  /** The last line promises another one: libpam refuses the whole file. */
  readonly unfinished: boolean;
}

export interface PamTextLine {
  readonly text: string;
  /** Of its first line, counted from 1. */
  readonly line: number;
}

/** Linux-PAM before 1.6 cuts a line here and reads what is left as one more. */
const LONG_LINE_BYTES = 1000;

/** `reading`: how the libpam that will read the file does it. What is odd about the text is told either way. */
export function linesOf(text: string, file: string, reading: LineReading = "whole"): PamText {
  const whole = wholeLines(text, file);
  if (reading === "whole") return whole;
  const { lines, refused } = bufferedLines(Buffer.from(text, "utf8"));
  const decoded = lines.map(({ text: bytes, line }) => ({ text: Buffer.from(bytes, "latin1").toString("utf8"), line }));
  return { ...whole, lines: decoded, unfinished: refused };
}

function wholeLines(text: string, file: string): PamText {
  const lines: PamTextLine[] = [];
  const problems: PamProblem[] = [];
  const raw = text.split("\n");
  if (raw.at(-1) === "") raw.pop();
  let open: PamTextLine | undefined;
  const close = (joined: string, line: number) => {
    if (joined.trim() !== "") lines.push({ text: joined, line });
    if (Buffer.byteLength(joined) > LONG_LINE_BYTES) problems.push(longLine(file, line));
    open = undefined;
  };
  for (const [index, one] of raw.entries()) {
    const line = open?.line ?? index + 1;
    if (one.includes("\r")) problems.push(carriageReturn(file, index + 1));
    const { words, continued } = readRaw(one);
    if (open !== undefined && words.trim() === "") problems.push(emptyContinuation(file, index + 1));
    const joined = `${open?.text ?? ""}${words}`;
    if (continued) open = { text: `${joined} `, line };
    else close(joined, line);
  }
  return { lines, problems, unfinished: open !== undefined };
}

/** A backslash at the end continues the line, unless a comment begins before it. */
function readRaw(raw: string): { readonly words: string; readonly continued: boolean } {
  const comment = raw.indexOf("#");
  if (comment >= 0) return { words: raw.slice(0, comment).trimStart(), continued: false };
  const end = /\\[ \t]*$/.exec(raw);
  return { words: (end === null ? raw : raw.slice(0, end.index)).replace(/^[ \t]+/, ""), continued: end !== null };
}

function carriageReturn(file: string, line: number): PamProblem {
  return {
    code: "carriage-return",
    place: { file, line },
    message: "the line ends with a carriage return, which libpam takes for part of the last word",
    remedy: `write the file with Unix line ends: sed -i 's/\\r$//' ${file}`,
  };
}

function emptyContinuation(file: string, line: number): PamProblem {
  return {
    code: "empty-continuation",
    place: { file, line },
    message: "the line above promises more, and here is none; versions of libpam differ in what they make of it",
    remedy: "remove the backslash above, or the empty line",
  };
}

function longLine(file: string, line: number): PamProblem {
  return {
    code: "long-line",
    place: { file, line },
    message: "the line is longer than older versions of libpam can read",
    remedy: `keep it below ${LONG_LINE_BYTES} bytes`,
  };
}
