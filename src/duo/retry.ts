// Repeating calls that have no side effect, within bounds: a few times, with short growing waits, never past the time
// that Duo asks for when that is longer than the budget. `auth` never comes here.

import type { Clock } from "../core/clock.ts";
import type { DuoFailure } from "../core/failure.ts";
import type { Result } from "../core/result.ts";
import { sleep } from "../core/sleep.ts";

export interface RetryBudget {
  /** Requests in all. */
  readonly tries: number;
  /** Milliseconds of waiting in all. */
  readonly waitMs: number;
}

export const RETRY_BUDGET: RetryBudget = { tries: 3, waitMs: 8000 };

/** A try's result and how long Duo asked us to wait. */
export interface Tried<T> {
  readonly result: Result<T, DuoFailure>;
  readonly retryAfterMs: number | undefined;
}

/** Calls `attempt` until it succeeds, fails for good, or the budget is used up. Each call is signed anew by `attempt`. */
export async function withRetries<T>(
  attempt: () => Promise<Tried<T>>,
  clock: Clock,
  signal: AbortSignal,
  random: () => number,
  budget: RetryBudget = RETRY_BUDGET,
): Promise<Result<T, DuoFailure>> {
  let waited = 0;
  for (let tries = 1; ; tries += 1) {
    const { result, retryAfterMs } = await attempt();
    if (result.ok || tries >= budget.tries) return result;
    const wait = waitBefore(tries, result.error, retryAfterMs, random);
    if (wait === undefined || waited + wait > budget.waitMs) return result;
    waited += wait;
    if (wait > 0) await sleep(wait, clock, signal);
    if (signal.aborted) return result;
  }
}

function waitBefore(
  tries: number,
  failure: DuoFailure,
  retryAfterMs: number | undefined,
  random: () => number,
): number | undefined {
  const backOff = 250 * 2 ** (tries - 1) * (1 + random());
  switch (failure.code) {
    case "rate-limited":
      return retryAfterMs === undefined ? 4 * backOff : Math.max(retryAfterMs, 100) + 100 * random();
    case "server-error":
      return backOff;
    case "connection-lost":
      // The usual cause is a connection that had gone stale: the first repeat is free.
      return tries === 1 ? 0 : backOff;
    default:
      return undefined;
  }
}

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Retry-After in milliseconds: whole seconds or an HTTP date; undefined when there is none that makes sense. */
export function retryAfterMs(value: string | undefined, wallMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const at = HTTP_DATE.test(value.trim()) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - wallMs);
}

/** The header to go by: Retry-After, or X-Retry-After where that makes no sense. As sent; the last of several. */
export function retryAfterHeader(headers: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  const values = ["retry-after", "x-retry-after"].map((name) => [headers[name]].flat().at(-1));
  return values.find((value) => retryAfterMs(value, 0) !== undefined);
}
