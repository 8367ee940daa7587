// Duo's request signature, format 5: format 2 and two lines more, the hash of the body and the hash of the X-Duo headers.
// Pure. What travels in a JSON body is no longer in the parameters line: the hash covers its exact bytes.

import { createHash } from "node:crypto";
import type { Secret } from "../core/secret.ts";
import { basic, canonicalString, type RequestToSign } from "./signature.ts";

export interface RequestToSignV5 extends RequestToSign {
  /** The exact text that is sent; "" for a GET. */
  readonly body: string;
  /** Headers of the request. Those that do not begin with X-Duo- are not covered. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The canonical string: seven lines, no newline at the end. */
export function canonicalStringV5(request: RequestToSignV5): string {
  return [canonicalString(request), sha512Hex(request.body), duoHeaderHash(request.headers)].join("\n");
}

/** The value of the Authorization header. The format knows no other digest than SHA-512. */
export function authorizationV5(request: RequestToSignV5, ikey: string, skey: Secret): string {
  return basic(ikey, skey, canonicalStringV5(request), "sha512");
}

/**
 * SHA-512 over the X-Duo headers: lower-case names, sorted, `name NUL value NUL name NUL value…`.
 * Throws TypeError for a NUL or a name that occurs twice: either could make two requests look like one.
 */
export function duoHeaderHash(headers: RequestToSignV5["headers"]): string {
  const covered = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name.startsWith("x-duo-"))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (new Set(covered.map(([name]) => name)).size !== covered.length) throw new TypeError("an X-Duo header twice");
  const flat = covered.flat();
  if (flat.some((part) => part.includes("\0"))) throw new TypeError("a NUL in an X-Duo header");
  return sha512Hex(flat.join("\0"));
}

/** Lower-case hex of SHA-512 over the UTF-8 bytes. */
export function sha512Hex(text: string): string {
  return createHash("sha512").update(text).digest("hex");
}
