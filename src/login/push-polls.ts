// Asking Duo for the end of one push or call, again and again. The login that sent it does so, and push-followers.ts after a
// login that left; what the answer means is theirs.

import type { Clock } from "../core/clock.ts";
import type { DuoFailure } from "../core/failure.ts";
import type { Result } from "../core/result.ts";
import { sleep } from "../core/sleep.ts";
import type { AuthState } from "../duo/api.ts";
import { isFinal } from "./push-flight.ts";

/** Statuses may follow each other quickly (pushed, then allow); a service that goes on like that is asked less often. */
export const POLL_SPACING_MS = 1000;
const UNSPACED_POLLS = 4;

export interface Polls {
  /** One question; Duo holds it until something changes. */
  readonly ask: () => Promise<Result<AuthState, DuoFailure>>;
  /** Hears each state before the last one. */
  readonly onWaiting: (state: AuthState) => void;
  readonly clock: Clock;
  /** By the clock's now(); the state that is known then is the last one. */
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

/** The final state, `waiting` when time ran out, or the first failure. */
export async function pollToEnd({
  ask,
  onWaiting,
  clock,
  untilMs,
  signal,
}: Polls): Promise<Result<AuthState, DuoFailure>> {
  for (let polls = 1; ; polls += 1) {
    const askedAt = clock.now();
    const reply = await ask();
    if (!reply.ok || isFinal(reply.value)) return reply;
    onWaiting(reply.value);
    if (clock.now() >= untilMs) return reply;
    const spare = POLL_SPACING_MS - (clock.now() - askedAt);
    if (polls >= UNSPACED_POLLS && spare > 0) await sleep(spare, clock, signal);
  }
}
