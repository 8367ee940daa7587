// Takes secrets out of text, in every form in which they could stand there: as they are, percent-encoded, in base64 at any
// offset, in hexadecimal. Knows the secrets of this machine's configuration; what others look like, it knows by the name in
// front. SECURITY: everything that goes into a support bundle passes through here, and the bundle is searched once more. Pure.

import { isSecretName } from "../../telemetry/safe-fields.ts";
import { formsOf, LENGTH_MIN } from "./secret-forms.ts";

const MASK = "[secret]";
const TRIES_MAX = 10;

/** `name = value`, `"name":"value"`, `name: value`, `NAME=value`: the value, to the end of the word or of the quotes. */
const NAMED = /(["']?)([A-Za-z][A-Za-z0-9_-]{1,40})\1(\s*[=:]\s*)(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([^\s"',;}]+))/g;
const SCHEME = /\b(Basic|Bearer|Digest)\s+[A-Za-z0-9+/=_~.-]{4,}/gi;
/** user:password@ of an address. */
const IN_ADDRESS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']*@/gi;

export interface Scrubber {
  /** `text` without what is known or looks like a secret. */
  scrub(text: string): string;
  /** A known secret is in there, in any form. */
  finds(bytes: Buffer): boolean;
}

export function createScrubber(secrets: Iterable<string>): Scrubber {
  const known = new Set([...secrets].filter((secret) => Buffer.byteLength(secret) >= LENGTH_MIN));
  // The longest first, so that no part of one is left when another is inside of it.
  const forms = [...new Set([...known].flatMap(formsOf))]
    .filter((form) => !MASK.includes(form))
    .sort((a, b) => b.length - a.length);
  const exact = patternOf(forms, "g");
  const hex = patternOf(
    forms.filter((form) => /^(?:[0-9a-f]{2})+$/.test(form)),
    "gi",
  );
  const withoutKnown = (text: string) => replaced(replaced(text, exact), hex);
  return {
    scrub: (text) => settled(withoutNamed(withoutKnown(text)), withoutKnown),
    finds: (bytes) => [bytes.toString("latin1"), bytes.toString("utf8")].some((text) => withoutKnown(text) !== text),
  };
}

/** A mask and what stands beside it can look like another secret: until nothing changes, which is at once as a rule. */
function settled(text: string, step: (text: string) => string): string {
  let last = text;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const next = step(last);
    if (next === last) return next;
    last = next;
  }
  return last;
}

function patternOf(forms: readonly string[], flags: string): RegExp | undefined {
  return forms.length === 0 ? undefined : new RegExp(forms.map(escaped).join("|"), flags);
}

function replaced(text: string, pattern: RegExp | undefined): string {
  return pattern === undefined ? text : text.replace(pattern, MASK);
}

function withoutNamed(text: string): string {
  return text
    .replace(SCHEME, `$1 ${MASK}`)
    .replace(IN_ADDRESS, `$1${MASK}@`)
    .replace(NAMED, (all: string, quote: string, name: string, between: string, ...values: unknown[]) => {
      if (!isSecretWord(name)) return all;
      const [double, single] = values;
      const mark = double !== undefined ? '"' : single !== undefined ? "'" : "";
      return `${quote}${name}${quote}${between}${mark}${MASK}${mark}`;
    });
}

/** Without "text", "code" and "body", which log lines are full of. */
const SECRET_PARTS: ReadonlySet<string> = new Set(
  "skey secret password passwd passphrase passcode otp akey token authorization cookie signature".split(" "),
);
const PLAIN_WORDS: ReadonlySet<string> = new Set(["text", "code", "body", "answer", "params", "pushinfo"]);

/** A name that says secret by itself, or a part of which does: DUO_PASSCODE, proxy-password, old_skey. */
function isSecretWord(name: string): boolean {
  const whole = isSecretName(name) && !PLAIN_WORDS.has(name.toLowerCase());
  return whole || name.split(/[-_]/).some((part) => SECRET_PARTS.has(part.toLowerCase()));
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
