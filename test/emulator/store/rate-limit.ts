// Owns the limit on requests: so many in a window of time, per user or for the whole account, and what a refusal says.
// Time is the server's own clock, skew included. Called by the dispatcher for requests whose signature was good.

import { type Endpoint, endpoints } from "./records.ts";

/** A limit; `undefined` in the policy is no limit. */
export interface RateLimit {
  /** How many requests a window holds; the next one is refused. A refused request does not count. */
  readonly requests: number;
  readonly windowMs: number;
  readonly per: "user" | "account";
  /** Which endpoints count; preauth and auth unless given. A request that names no user is not counted per user. */
  readonly endpoints?: readonly Endpoint[];
  /** The header that says when to come back, and how; no header unless given. */
  readonly header?: "Retry-After" | "X-Retry-After";
  /** Whole seconds, rounded up, unless given. */
  readonly style?: "seconds" | "http-date";
}

const counted: readonly Endpoint[] = ["preauth", "auth"];

const fields: Readonly<Record<keyof RateLimit, (value: unknown) => boolean>> = {
  requests: isCount,
  windowMs: isCount,
  per: (value) => value === "user" || value === "account",
  endpoints: (value) =>
    value === undefined || (Array.isArray(value) && value.every((word) => endpoints.some((known) => known === word))),
  header: (value) => value === undefined || value === "Retry-After" || value === "X-Retry-After",
  style: (value) => value === undefined || value === "seconds" || value === "http-date",
};

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31;
}

/** Whether a setting that came from outside is a limit, or `null` for none. */
export function isRateLimit(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== "object" || value === undefined) return false;
  const given = new Map<string, unknown>(Object.entries(value));
  const known = [...given.keys()].every((key) => Object.hasOwn(fields, key));
  return known && Object.entries(fields).every(([key, check]) => check(given.get(key)));
}

function headersOf({ header, style = "seconds" }: RateLimit, nowMs: number, freeMs: number): Record<string, string> {
  if (header === undefined) return {};
  // A date is cut to seconds when it is written, so it is rounded up first: who waits for it must not come too early.
  const date = new Date(Math.ceil(freeMs / 1000) * 1000).toUTCString();
  return { [header]: style === "http-date" ? date : String(Math.ceil((freeMs - nowMs) / 1000)) };
}

/** What was let through lately. */
export class RateLimiter {
  readonly #passed = new Map<string, number[]>();

  /** Counts a request. @returns `undefined` to let it through, else the headers of its refusal. */
  admit(
    limit: RateLimit,
    request: { readonly endpoint: Endpoint; readonly user: string | undefined; readonly nowMs: number },
  ): Readonly<Record<string, string>> | undefined {
    const key = limit.per === "account" ? "" : request.user;
    if (key === undefined || !(limit.endpoints ?? counted).includes(request.endpoint)) return undefined;
    const recent = (this.#passed.get(key) ?? []).filter((at) => at > request.nowMs - limit.windowMs);
    this.#passed.set(key, recent);
    if (recent.length >= limit.requests) {
      const oldest = recent[0] ?? request.nowMs;
      return headersOf(limit, request.nowMs, oldest + limit.windowMs);
    }
    recent.push(request.nowMs);
    return undefined;
  }

  clear(): void {
    this.#passed.clear();
  }
}
