// Single values of Duo Unix as duogate.conf writes them, each with what changes on the way. Pure. Used by translate.ts.

import { yesNo } from "../value-types.ts";

export interface Reading {
  /** For duogate.conf; undefined where the line is left out. */
  readonly value: string | undefined;
  /** What the owner should know. */
  readonly says?: string;
  /** Duo Unix stopped reading the file here. */
  readonly stops?: boolean;
}

/** COMPAT(duo_unix): four words in small letters are yes, and everything else is no without a word. */
export function readBoolean(value: string): Reading {
  if (["yes", "true", "on", "1"].includes(value)) return { value: "yes" };
  const meant = yesNo.read(value);
  if (!meant.ok) {
    const says = `${quoted(value)} is no word for yes or no; Duo Unix read it as no, and so it stays`;
    return { value: "no", says };
  }
  if (!meant.value) return { value: "no" };
  const says = `Duo Unix reads ${quoted(value)} as no, because only yes, true, on and 1 in small letters are yes to it: this was off until now, and is on from here`;
  return { value: "yes", says };
}

export function readFailmode(value: string): Reading {
  if (value === "safe" || value === "secure") return { value };
  const meant = value.toLowerCase();
  if (meant === "safe" || meant === "secure") {
    return { value: meant, says: `Duo Unix does not know ${quoted(value)} with capitals`, stops: true };
  }
  return {
    value: "secure",
    says: `Duo Unix does not know ${quoted(value)}; secure is written for you to confirm`,
    stops: true,
  };
}

/** `seen` is the number so far: COMPAT(duo_unix): atoi, at least 1, and a later line can only lower it. */
export function readPrompts(value: string, seen: number): Reading & { readonly value: string } {
  const number = Math.max(1, atoi(value));
  const effective = number > 3 ? seen : Math.min(seen, number);
  const says = `Duo Unix makes ${effective} of ${quoted(value)}`;
  return String(effective) === value ? { value } : { value: String(effective), says };
}

const TIMEOUT_MAX_S = 60;

export function readTimeout(value: string): Reading {
  const seconds = atoi(value);
  if (seconds <= 0)
    return { value: undefined, says: `${quoted(value)} is no limit at all; here the default of 10s holds` };
  if (seconds > TIMEOUT_MAX_S) return { value: "60s", says: `${seconds} seconds are more than is taken here: 60s` };
  const says = String(seconds) === value ? undefined : `Duo Unix makes ${seconds} of ${quoted(value)}`;
  return { value: `${seconds}s`, ...(says === undefined ? {} : { says }) };
}

export function readGecosPosition(value: string): Reading {
  const position = atoi(value);
  if (position < 1)
    return { value: undefined, says: `${quoted(value)} is no position from 1 on: left out`, stops: true };
  return String(position) === value
    ? { value }
    : { value: String(position), says: `Duo Unix makes ${position} of ${quoted(value)}` };
}

export function readGecosDelim(value: string): Reading {
  if (!/^[!-/;-@[-`{-~]$/.test(value)) {
    return {
      value: undefined,
      says: `${quoted(value)} is not one punctuation character other than a colon: left out`,
      stops: true,
    };
  }
  const word = value === ";" ? "semicolon" : value === "#" ? "hash" : value;
  return word === value ? { value } : { value: word, says: `${value} is written as a word here` };
}

/** COMPAT(duo_unix): the first @ ends the credentials, which are taken as they stand; here they are percent-encoded. */
export function readProxy(value: string): Reading {
  if (value === "") {
    const says = "an empty proxy: Duo Unix then never reaches Duo, and failmode decides every login. Left out";
    return { value: undefined, says };
  }
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(value)?.[0] ?? "";
  if (scheme !== "" && scheme !== "http://") {
    return { value: undefined, says: "not a plain HTTP proxy: Duo Unix then refuses every login. Left out" };
  }
  const rest = value.slice(scheme.length);
  const at = rest.indexOf("@");
  if (at === -1) return { value };
  const [user = "", ...password] = rest.slice(0, at).split(":");
  const encoded = [user, ...(password.length === 0 ? [] : [password.join(":")])].map(encodeURIComponent).join(":");
  const after = `http://${encoded}@${rest.slice(at + 1)}`;
  const changed = encoded !== rest.slice(0, at);
  return { value: after, ...(changed ? { says: "the credentials are percent-encoded here" } : {}) };
}

export function readCafile(value: string): Reading {
  if (value === "") {
    const says = "an empty cafile switches off the check of Duo's certificate in Duo Unix. Here it is always checked";
    return { value: undefined, says };
  }
  if (value.startsWith("/")) return { value };
  const says = `${quoted(value)} is looked for in whatever folder the login program is in; here a path begins with /. Left out`;
  return { value: undefined, says };
}

export function readHost(value: string): Reading {
  if (value === value.toLowerCase()) return { value };
  const says =
    "Duo Unix signs the capitals with it, which Duo then refuses, and failmode decides. In small letters here";
  return { value: value.toLowerCase(), says };
}

/** SECURITY: a key pasted into the wrong line would reach the terminal: only what is too short for one is shown. */
function quoted(value: string): string {
  return value.length <= 24 && !value.includes("=") ? `"${value}"` : "the value";
}

/** C's: blanks, a sign, digits; anything behind them is ignored, and no number is 0. */
function atoi(text: string): number {
  return Number(/^[ \t\n\v\f\r]*([+-]?\d{1,15})/.exec(text)?.[1] ?? "0");
}
