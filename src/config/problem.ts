// One thing that is wrong, or odd, in a configuration file, and how problems are put in order and into words.
// It must never carry the value of a secret. Made by every file of this folder; printed by cli/ and logged by main.

import { displayLine } from "../core/display-text.ts";

export type ConfigProblemCode =
  // The text as lines.
  | "byte-order-mark"
  | "control-character"
  | "invisible-character"
  | "not-key-value"
  | "bad-section"
  | "unknown-section"
  | "duplicate-section"
  | "outside-section"
  // Keys.
  | "unknown-key"
  | "unsupported-key"
  | "duplicate-key"
  | "missing-key"
  | "keys-apart"
  | "unused-credential"
  // Values.
  | "empty-value"
  | "inline-comment"
  | "quoted-value"
  | "placeholder"
  | "bad-value"
  | "unusual-value"
  // This machine.
  | "beyond-limits"
  // The file itself, and the file that `cafile` names.
  | "cannot-open"
  | "not-a-file"
  | "symbolic-link"
  | "wrong-owner"
  | "open-to-others"
  | "too-large"
  | "not-utf8"
  | "bad-certificate"
  | "expired-certificate";

export interface ConfigProblem {
  readonly code: ConfigProblemCode;
  readonly file: string;
  /** Counted from 1; undefined when the file as a whole is meant. */
  readonly line: number | undefined;
  readonly key: string | undefined;
  /** What is wrong. Safe to print. */
  readonly message: string;
  /** What to write or do instead. Safe to print. */
  readonly remedy: string;
}

/** A problem without its place: what the readers of single values return. */
export interface Complaint {
  readonly code: ConfigProblemCode;
  readonly message: string;
  readonly remedy: string;
}

export function complaint(code: ConfigProblemCode, message: string, remedy: string): Complaint {
  return { code, message, remedy };
}

/** A copy in the order of the file: problems with the whole file first, then by line. */
export function sortProblems(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return Object.freeze([...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)));
}

/** One line for each problem: `file:line: key: what is wrong; what to write instead`. */
export function formatProblems(problems: readonly ConfigProblem[]): string {
  return problems.map(formatProblem).join("\n");
}

function formatProblem({ file, line, key, message, remedy }: ConfigProblem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  // Paths and certificate names come from outside.
  return displayLine([place, ...(key === undefined ? [] : [key]), `${message}; ${remedy}`].join(": "), 8192);
}
