// Makes any value harmless for one log line: secrets masked by field name at every depth, sizes bounded, nothing that
// JSON cannot hold, and never an exception, because a log line must not be what breaks a login. Used by logger.ts.

import { Secret } from "../core/secret.ts";

export type SafeValue = string | number | boolean | null | SafeObject | readonly SafeValue[];
export interface SafeObject {
  readonly [name: string]: SafeValue;
}

const MASK = "[secret]";
const CUT = "[cut]";
const MAX_DEPTH = 4;
const MAX_ITEMS = 32;
const MAX_STRING = 1024;
const MAX_STACK = 4096;

/**
 * Characters of fields in one line, names included; a value costs VALUE_COST at least. Each character can take six in
 * JSON (`\u0000`), and journald breaks lines at 48 KiB (LineMax= of journald.conf), which would leave two halves that
 * are no JSON.
 */
const BUDGET = 5120;
const VALUE_COST = 16;

/**
 * Compared without case, `-` and `_`. SECURITY: these names are the last line of defence; the first is not to log such a
 * value at all.
 */
const SECRET_NAMES: ReadonlySet<string> = new Set(
  [
    "skey secret secretkey clientsecret password passwd passcode code verificationcode otp answer text akey",
    "trusteddevicetoken rememberedtoken token authorization proxyauthorization cookie setcookie signature sig",
    "activationcode activationbarcode activationurl body params pushinfo",
  ].flatMap((line) => line.split(" ")),
);

export function isSecretName(name: string): boolean {
  return SECRET_NAMES.has(name.toLowerCase().replace(/[-_]/g, ""));
}

/** A plain copy of both, `fields` winning, that JSON.stringify takes without surprise. */
export function safeFields(common: object, fields: object): SafeObject {
  try {
    return new Walk().object({ ...common, ...fields }, 0);
  } catch {
    // A getter or a proxy that throws: say so, and lose only this line's fields.
    return { unserialisable: true };
  }
}

/** Text cut to the length that one field may have. */
export function safeText(text: string): string {
  return new Walk().text(text, MAX_STRING);
}

class Walk {
  #left = BUDGET;

  object(value: object, depth: number): SafeObject {
    const entries = Object.entries(value).slice(0, MAX_ITEMS);
    return Object.fromEntries(entries.map(([name, item]) => [this.text(name, 64), this.#field(name, item, depth)]));
  }

  text(value: string, limit: number): string {
    const length = Math.min(limit, this.#left);
    if (value.length <= length) {
      this.#left -= value.length;
      return value;
    }
    this.#left -= length;
    return value.slice(0, length) + CUT;
  }

  #field(name: string, value: unknown, depth: number): SafeValue {
    // A field named `stack` may be long; one named like a secret is masked, whatever it holds, unless it holds nothing.
    if (isSecretName(name) && value !== undefined && value !== null) return MASK;
    return typeof value === "string" && name === "stack" ? this.text(value, MAX_STACK) : this.#value(value, depth);
  }

  #value(value: unknown, depth: number): SafeValue {
    this.#left = Math.max(0, this.#left - VALUE_COST);
    if (typeof value === "string") return this.text(value, MAX_STRING);
    if (typeof value === "boolean" || value === null) return value;
    if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
    if (typeof value === "object") return this.#nested(value, depth);
    return value === undefined ? null : this.text(`[${typeof value}]`, 16);
  }

  #nested(value: object, depth: number): SafeValue {
    if (value instanceof Secret) return MASK;
    // Depth also ends cycles.
    if (depth >= MAX_DEPTH || this.#left <= 0) return CUT;
    if (value instanceof Error) return this.#error(value, depth);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    // Bytes may be anything, a key too.
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Map || value instanceof Set) return `[${value.size} items]`;
    if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => this.#value(item, depth + 1));
    return this.object(value, depth + 1);
  }

  #error(error: Error, depth: number): SafeObject {
    const { name, message, stack, cause } = error;
    const code = "code" in error ? error.code : undefined;
    const known = {
      type: name,
      message,
      ...(code === undefined ? {} : { errno: code }),
      stack,
      ...(cause === undefined ? {} : { cause }),
    };
    return this.object(known, depth + 1);
  }
}
