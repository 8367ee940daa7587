// The two lines that `duogate enable` writes and `duogate disable` takes out. This is the one place that says what they look
// like; packaging/prerm finds them by the same beginning, and takes them out when the package is removed:
//
//     # duogate: enabled by "duogate enable SERVICE"; "duogate disable SERVICE" removes this line and the one below
//     auth    required    pam_duogate.so
//
// in a file that it made as a copy of a package's file:
//
//     # duogate: enabled by "duogate enable SERVICE"; the file is a copy of FILE; "duogate disable SERVICE" removes it
//
// with ` socket=RUNTIME_DIR/pam.sock` behind the second where runtime_dir is not the default. Pure.

import { err, ok, type Result } from "../../core/result.ts";

export const MARK = '# duogate: enabled by "duogate enable';
const DEFAULT_RUNTIME_DIR = "/run/duogate";
const MODULE_LINE = /^auth {4}required {4}pam_duogate\.so(?: socket=\S+)?$/;

/** Err: a folder that PAM could not read as one argument. */
export function pairFor(
  service: string,
  runtimeDir: string,
  copyOf?: string,
): Result<readonly [string, string], string> {
  if (/[\s[\]#\\]/.test(runtimeDir)) return err(`runtime_dir = ${runtimeDir} cannot be written into a PAM file`);
  const socket = runtimeDir === DEFAULT_RUNTIME_DIR ? "" : ` socket=${runtimeDir}/pam.sock`;
  const comment =
    copyOf === undefined
      ? `${MARK} ${service}"; "duogate disable ${service}" removes this line and the one below`
      : `${MARK} ${service}"; the file is a copy of ${copyOf}; "duogate disable ${service}" removes it`;
  return ok([comment, `auth    required    pam_duogate.so${socket}`]);
}

/** `text` with the pair behind line `after`, counted from 1; 0 is before the first. */
export function withPair(text: string, pair: readonly [string, string], after: number): string {
  const lines = text.split("\n");
  lines.splice(after, 0, ...pair);
  return lines.join("\n");
}

export interface FoundPair {
  /** The comment's, counted from 1. */
  readonly line: number;
  /** The module's line is right below it, as it was written. */
  readonly whole: boolean;
}

export function findPairs(text: string): readonly FoundPair[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) =>
    line.startsWith(MARK) ? [{ line: index + 1, whole: MODULE_LINE.test(lines[index + 1] ?? "") }] : [],
  );
}

/** `text` without its whole pairs, every other byte as it was. */
export function withoutPairs(text: string): string {
  const lines = text.split("\n");
  const gone = new Set(findPairs(text).flatMap(({ line, whole }) => (whole ? [line - 1, line] : [])));
  return lines.filter((_, index) => !gone.has(index)).join("\n");
}

/** The package's file that `duogate enable` made this one a copy of. */
export function copiedFrom(text: string): string | undefined {
  const [pair] = findPairs(text).filter(({ whole }) => whole);
  const comment = pair === undefined ? "" : (text.split("\n")[pair.line - 1] ?? "");
  return /; the file is a copy of (\/[^;]+); /.exec(comment)?.[1];
}
