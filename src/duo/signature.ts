// Duo's request signature, format 2: canonical string and HMAC (Duo Auth API, "Authentication"). Pure. Format 5 is in
// signature-v5.ts, and signature-form.ts chooses between them.

import { createHmac } from "node:crypto";
import type { Secret } from "../core/secret.ts";

export type Parameters = Readonly<Record<string, string>>;
export type Digest = "sha512" | "sha1";

export interface RequestToSign {
  /** RFC 2822, byte for byte what the Date header carries. */
  readonly date: string;
  readonly method: "GET" | "POST";
  /** Without port; any case. */
  readonly host: string;
  readonly path: string;
  /** canonicalParameters() of the request: also its query or body. */
  readonly parameters: string;
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** RFC 2822 date in UTC with English names, whatever the locale is. */
export function rfc2822(wallMs: number): string {
  const at = new Date(wallMs);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${DAYS[at.getUTCDay()]}, ${two(at.getUTCDate())} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  return `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} -0000`;
}

/** Percent-encodes all but letters, digits and `_.~-`, as Duo wants it: `!'()*` too, and never `+` for a space. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Parameters as `key=value` pairs, encoded, sorted by key and joined with `&`. */
export function canonicalParameters(parameters: Parameters): string {
  return canonicalPairs(Object.entries(parameters));
}

/** The same for pairs, whose keys may repeat: equal keys are sorted by value. */
export function canonicalPairs(pairs: readonly (readonly [string, string])[]): string {
  const compare = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);
  return pairs
    .map(([key, value]) => [percentEncode(key), percentEncode(value)] as const)
    .sort(([keyA, valueA], [keyB, valueB]) => compare(keyA, keyB) || compare(valueA, valueB))
    .map(([key, value]) => `${key}=${value}`)
    .join("&");
}

/** Pairs as `key=value`, encoded, in the order given: the text of `pushinfo`. */
export function encodedPairs(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([key, value]) => `${percentEncode(key)}=${percentEncode(value)}`).join("&");
}

export function canonicalString(request: RequestToSign): string {
  return [request.date, request.method, request.host.toLowerCase(), request.path, request.parameters].join("\n");
}

/** The value of the Authorization header. HMAC-SHA512 as all current clients; SHA1 for the legacy API. */
export function authorization(request: RequestToSign, ikey: string, skey: Secret, digest: Digest = "sha512"): string {
  return basic(ikey, skey, canonicalString(request), digest);
}

/** HTTP Basic credentials: the integration key and the lower-case hex HMAC of `canonical`. */
export function basic(ikey: string, skey: Secret, canonical: string, digest: Digest): string {
  const signature = createHmac(digest, skey.reveal()).update(canonical).digest("hex");
  return `Basic ${Buffer.from(`${ikey}:${signature}`).toString("base64")}`;
}
