// Owns the decision whether a request is signed by a known integration, with Duo's 401 codes.
// It must accept only lower-case hex over the exact bytes: every laxness here would hide a fault of the client.
// Called by the dispatcher for each signed endpoint.

import { createHmac, timingSafeEqual } from "node:crypto";
import type { Call } from "../http/call.ts";
import { canonicalString } from "./canonical.ts";
import { parseRequestDate } from "./date.ts";

/** One integration that may sign; `admin` ones are known but may not use the Auth API (40301). */
export interface Integration {
  readonly ikey: string;
  readonly skey: string;
  readonly kind: "auth" | "admin";
}

/** The signature formats the server can tell apart. */
export type SignatureForm = "v1" | "v2-sha1" | "v2-sha512" | "v4" | "v5";

/** The judgement over one request. */
export type Verification =
  | { readonly kind: "genuine"; readonly form: SignatureForm }
  | { readonly kind: "refused"; readonly code: 40101 | 40102 | 40103 | 40104 | 40105 | 40106 | 40301 };

/** How far a request's time may be from the server's; no official number exists, duo_unix's own test server uses this. */
export const clockWindowSeconds = 300;

interface Form {
  readonly form: SignatureForm;
  readonly version: 1 | 2 | 4 | 5;
  readonly digest: "sha1" | "sha512";
  readonly bodies: readonly Call["bodyForm"][];
}

// SECURITY: version 2 never goes with a JSON body, whose bytes it would leave unsigned.
const forms: readonly Form[] = [
  { form: "v2-sha1", version: 2, digest: "sha1", bodies: ["none", "form"] },
  { form: "v2-sha512", version: 2, digest: "sha512", bodies: ["none", "form"] },
  { form: "v4", version: 4, digest: "sha512", bodies: ["none", "json"] },
  { form: "v5", version: 5, digest: "sha512", bodies: ["none", "json"] },
];

const undatedForm: Form = { form: "v1", version: 1, digest: "sha1", bodies: ["none", "form"] };

const digestPattern = { sha1: /^[0-9a-f]{40}$/, sha512: /^[0-9a-f]{128}$/ };

function header(call: Call, name: string): string | undefined {
  return call.headers.find(([key]) => key === name)?.[1];
}

function credentials(call: Call): { ikey: string; signature: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(header(call, "authorization") ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { ikey: text.slice(0, colon), signature: text.slice(colon + 1) };
}

function hasRepeatedDuoHeader(call: Call): boolean {
  const names = call.headers.map(([name]) => name).filter((name) => name.startsWith("x-duo-"));
  return new Set(names).size !== names.length;
}

function matches(candidate: Form, call: Call, date: string, signature: string, skey: string): boolean {
  if (!candidate.bodies.includes(call.bodyForm) || !digestPattern[candidate.digest].test(signature)) return false;
  const canonical = canonicalString(candidate.version, {
    date,
    method: call.method,
    host: call.host,
    path: call.path,
    params: call.bodyForm === "form" ? call.bodyPairs : call.query,
    body: call.body,
    headers: call.headers,
  });
  const expected = createHmac(candidate.digest, skey).update(canonical).digest();
  return timingSafeEqual(expected, Buffer.from(signature, "hex"));
}

function checkTime(date: string | undefined, nowMs: number): 40104 | 40105 | undefined {
  if (date === undefined) return 40104;
  const time = parseRequestDate(date);
  // Dates carry whole seconds, so the server's clock is cut to seconds before the two are compared.
  const nowSeconds = Math.floor(nowMs / 1000);
  return time === undefined || Math.abs(nowSeconds - time / 1000) > clockWindowSeconds ? 40105 : undefined;
}

/**
 * Checks credentials, timestamp, content type and signature, in this order.
 * @param nowMs the server's own clock, in milliseconds since the epoch.
 * @param undated whether a request without any date may be signed in version 1.
 */
export function verify(
  call: Call,
  integrations: readonly Integration[],
  nowMs: number,
  undated: boolean = false,
): Verification {
  const given = credentials(call);
  if (given === undefined) return { kind: "refused", code: 40101 };
  const integration = integrations.find(({ ikey }) => ikey === given.ikey);
  if (integration === undefined) return { kind: "refused", code: 40102 };
  const date = header(call, "x-duo-date") ?? header(call, "date");
  const withoutDate = undated && date === undefined;
  const timeFault = withoutDate ? undefined : checkTime(date, nowMs);
  if (timeFault !== undefined) return { kind: "refused", code: timeFault };
  if (call.bodyForm === "missing" || call.bodyForm === "other") return { kind: "refused", code: 40106 };
  const found = hasRepeatedDuoHeader(call)
    ? undefined
    : (withoutDate ? [undatedForm] : forms).find((form) =>
        matches(form, call, date ?? "", given.signature, integration.skey),
      );
  if (found === undefined) return { kind: "refused", code: 40103 };
  return integration.kind === "auth" ? { kind: "genuine", form: found.form } : { kind: "refused", code: 40301 };
}
