// Owns the canonical string of every Duo signature format the server accepts (versions 1, 2, 4 and 5).
// Written from the description alone and importing nothing of the client under test: the two must agree by meaning.
// Called by verify.ts; the vectors in test/unit/emulator hold it.

import { createHash } from "node:crypto";
import type { Pair } from "../http/pairs.ts";

/** What a signature may cover. */
export interface Signable {
  /** The bytes of the Date or X-Duo-Date header. */
  readonly date: string;
  readonly method: string;
  /** Without a port. */
  readonly host: string;
  readonly path: string;
  readonly params: readonly Pair[];
  readonly body: Buffer | string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Lower-case hex of SHA-512. */
export function sha512Hex(data: Buffer | string): string {
  return createHash("sha512").update(data).digest("hex");
}

/** Everything but letters, digits and `_.~-` becomes %XX of its UTF-8 bytes, upper case. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The params line: sorted by encoded key, then by encoded value. */
export function canonicalParams(params: readonly Pair[]): string {
  return params
    .map(({ key, value }) => ({ key: percentEncode(key), value: percentEncode(value) }))
    .sort((left, right) => compare(left.key, right.key) || compare(left.value, right.value))
    .map(({ key, value }) => `${key}=${value}`)
    .join("&");
}

/** The X-Duo header line of version 5: name and value of each, sorted, joined by NUL, hashed. */
export function duoHeaderHash(headers: Signable["headers"]): string {
  const flat = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name.startsWith("x-duo-"))
    .sort((left, right) => compare(left[0], right[0]))
    .flat();
  return sha512Hex(flat.join("\0"));
}

/** The string that is signed; no trailing newline in any version. */
export function canonicalString(version: 1 | 2 | 4 | 5, request: Signable): string {
  const lines = [
    // Version 1 covers no date, so what it signs can be sent again for ever.
    ...(version === 1 ? [] : [request.date]),
    request.method.toUpperCase(),
    request.host.toLowerCase(),
    request.path,
    canonicalParams(request.params),
  ];
  if (version >= 4) lines.push(sha512Hex(request.body));
  if (version === 5) lines.push(duoHeaderHash(request.headers));
  return lines.join("\n");
}
