// The kinds of value that an option can have: how each is read, described and written back. Pure; a reader returns a
// complaint, never throws, and quotes the value only where it cannot be a key or a secret. Used by options.ts.

import { displayLine } from "../core/display-text.ts";
import { err, ok, type Result } from "../core/result.ts";
import { type Complaint, complaint } from "./problem.ts";

export interface ValueType<T> {
  /** For people: "yes or no", "a duration from 1s to 60s". */
  readonly label: string;
  read(raw: string): Result<T, Complaint>;
  /** How the value is written in the file; "" where it has no written form. */
  show(value: T): string;
  /** Something odd about a value that was read. */
  warn?(value: T): Complaint | undefined;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["yes", true],
  ["true", true],
  ["on", true],
  ["1", true],
  ["no", false],
  ["false", false],
  ["off", false],
  ["0", false],
]);

export const yesNo: ValueType<boolean> = {
  label: "yes or no",
  read(raw) {
    const value = BOOLEANS.get(raw.toLowerCase());
    return value === undefined ? bad(`${quoted(raw)} is neither yes nor no`, "write yes or no") : ok(value);
  },
  show: (value) => (value ? "yes" : "no"),
};

/** A switch that has only one position; a file may still write it down. */
export const onlyYes: ValueType<boolean> = {
  label: "only yes",
  read(raw) {
    const value = yesNo.read(raw);
    return value.ok && !value.value ? bad("this cannot be switched off", "remove the line, or write yes") : value;
  },
  show: yesNo.show,
};

/** An option that some other product once had: its value is not even looked at. */
export const obsolete: ValueType<boolean> = {
  label: "anything",
  read: () => ok(false),
  show: yesNo.show,
  warn: () => complaint("unusual-value", "the option has no effect, in Duo Unix either", "remove the line"),
};

// These two would look like the beginning of a comment.
const SPELT_OUT: ReadonlyMap<string, string> = new Map([
  ["semicolon", ";"],
  ["hash", "#"],
]);

/** COMPAT(duo_unix): a colon parts the fields of passwd, so that GECOS can have none. */
export const punctuation: ValueType<string> = {
  label: "one punctuation character, not a colon; semicolon or hash for ; or #",
  read(raw) {
    const value = SPELT_OUT.get(raw) ?? raw;
    if (/^[!-/;-@[-`{-~]$/.test(value)) return ok(value);
    return bad(`${quoted(raw)} is not one punctuation character`, "write one, such as , or |, or semicolon, or hash");
  },
  show: (value) => [...SPELT_OUT].find(([, character]) => character === value)?.[0] ?? value,
};

export function oneOf<T extends string>(choices: readonly T[], remedy: string): ValueType<T> {
  return {
    label: choices.length === 1 ? `only ${choices[0]} for now` : `one of: ${choices.join(", ")}`,
    read(raw) {
      const choice = choices.find((one) => one === raw);
      return choice === undefined ? bad(`${quoted(raw)} is not one of: ${choices.join(", ")}`, remedy) : ok(choice);
    },
    show: (value) => value,
  };
}

export function wholeNumber(min: number, max: number): ValueType<number> {
  const range = `a whole number from ${min} to ${max}`;
  return {
    label: range,
    read(raw) {
      const value = /^[0-9]{1,9}$/.test(raw) ? Number(raw) : undefined;
      const fits = value !== undefined && value >= min && value <= max;
      return fits ? ok(value) : bad(`${quoted(raw)} is not ${range}`, `write ${range}`);
    },
    show: String,
  };
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["", 1000],
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
]);

/** A duration in milliseconds, both ends included. Without a unit the file's number means seconds, as in Duo Unix. */
export function duration(minMs: number, maxMs: number): ValueType<number> {
  const range = `a duration from ${showDuration(minMs)} to ${showDuration(maxMs)}`;
  return {
    label: range,
    read(raw) {
      const value = durationMs(raw);
      const fits = value !== undefined && value >= minMs && value <= maxMs;
      return fits ? ok(value) : bad(`${quoted(raw)} is not ${range}`, "write a number with ms, s or m, such as 5s");
    },
    show: showDuration,
  };
}

function durationMs(raw: string): number | undefined {
  const [, digits, unit] = /^([0-9]{1,9})([a-z]{0,2})$/.exec(raw) ?? [];
  const factor = unit === undefined ? undefined : UNIT_MS.get(unit);
  return factor === undefined ? undefined : Number(digits) * factor;
}

function showDuration(ms: number): string {
  if (ms % 60_000 === 0 && ms > 0) return `${ms / 60_000}m`;
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** An absolute path without empty, `.` or `..` parts, so that the folders on the way are the ones that are written. */
export function absolutePath(maxBytes: number): ValueType<string> {
  return {
    label: "an absolute path",
    read(raw) {
      if (!raw.startsWith("/")) return bad(`${quoted(raw)} is not an absolute path`, "begin it with /");
      if (Buffer.byteLength(raw) > maxBytes) {
        return bad(`the path is longer than ${maxBytes} bytes`, "use a shorter path");
      }
      if (!/^(\/(?!\.{1,2}(\/|$))[^/]+)+$/.test(raw)) {
        return bad(
          `${quoted(raw)} has an empty part, . or ..`,
          "write the path in its plain form, without a / at its end",
        );
      }
      return ok(raw);
    },
    show: (value) => value,
  };
}

/** The word `system`, or an absolute path. */
export function caSource(maxBytes: number): ValueType<string> {
  const path = absolutePath(maxBytes);
  return {
    label: "an absolute path, or system",
    read: (raw) => (raw === "system" ? ok(raw) : path.read(raw)),
    show: (value) => value,
  };
}

/** Text that a regular expression describes in full. */
export function matching(pattern: RegExp, label: string): ValueType<string> {
  return {
    label,
    read: (raw) => (pattern.test(raw) ? ok(raw) : bad(`the value is not ${label}`, `write ${label}`)),
    show: (value) => value,
  };
}

function bad(message: string, remedy: string): Result<never, Complaint> {
  return err(complaint("bad-value", message, remedy));
}

function quoted(raw: string): string {
  return `"${displayLine(raw, 64)}"`;
}
