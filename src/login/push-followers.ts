// Pushes and calls that outlive their login: the user has hung up, the login ran out of time, or Duo could not be asked for
// the end. SECURITY: the user's slot is held until Duo's transaction has ended or cannot live any more, so that hanging up and
// coming back does not ring a phone once more. What Duo says here lets nobody in.
//
// It holds nothing of the login: no connection to a helper, no place, no signal. Polls at once are bounded; beyond the bound,
// and where the txid is not known, a slot is held by time alone.

import type { Clock } from "../core/clock.ts";
import { Scope } from "../core/scope.ts";
import { sleep } from "../core/sleep.ts";
import type { DuoApi } from "../duo/api.ts";
import type { PushFlight } from "./push-flight.ts";
import { pollToEnd } from "./push-polls.ts";
import type { Release } from "./push-slots.ts";

/** Each is a connection that Duo holds open. */
export const POLLS_AT_ONCE = 64;
/**
 * After a question that failed: soon, because one connection that broke says little, then seldom: Duo may be back before the
 * push's life is over.
 */
const FIRST_SPACING_MS = 250;
const LAST_SPACING_MS = 5000;

export interface Abandoned {
  readonly flight: PushFlight;
  readonly release: Release;
  readonly duo: DuoApi;
  /** Keeps the way to Duo open over a reload, until the function that it returns is called. */
  readonly keepDuo: () => Release;
}

export interface PushFollowerParts {
  readonly clock: Clock;
  readonly onDefect: (error: unknown) => void;
  readonly pollsAtOnce?: number;
}

export class PushFollowers {
  readonly #parts: PushFollowerParts;
  readonly #running = new Map<Promise<void>, Scope>();
  #polls = 0;
  #closed = false;

  constructor(parts: PushFollowerParts) {
    this.#parts = parts;
  }

  /** Slots that are held after their login. */
  get size(): number {
    return this.#running.size;
  }

  /** A login is done with its slot: given back at once, or as soon as no phone rings for it any more. */
  takeOver(abandoned: Abandoned): void {
    const { flight, release } = abandoned;
    if (flight.remainingMs === 0 || this.#closed) {
      release();
      return;
    }
    const scope = new Scope(this.#parts.clock);
    scope.stopAfter(flight.remainingMs);
    const work = this.#follow(abandoned, scope.signal).finally(() => {
      scope.stop("finished");
      this.#running.delete(work);
      release();
    });
    this.#running.set(work, scope);
  }

  /** Gives every slot back and resolves when nothing is left: the daemon ends, and keeps no slots. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#running];
    for (const [, scope] of running) scope.stop("shutting-down");
    await Promise.all(running.map(([work]) => work));
  }

  async #follow({ flight, duo, keepDuo }: Abandoned, signal: AbortSignal): Promise<void> {
    const { clock, onDefect, pollsAtOnce = POLLS_AT_ONCE } = this.#parts;
    const { remainingMs, txid } = flight;
    if (txid === undefined || this.#polls >= pollsAtOnce) return await sleep(remainingMs, clock, signal);
    const letGo = keepDuo();
    this.#polls += 1;
    try {
      await this.#pollUntilOver(flight, () => duo.authStatus(txid, signal), signal);
    } catch (error) {
      onDefect(error);
      await sleep(flight.remainingMs, clock, signal);
    } finally {
      this.#polls -= 1;
      letGo();
    }
  }

  async #pollUntilOver(
    flight: PushFlight,
    ask: () => ReturnType<DuoApi["authStatus"]>,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock } = this.#parts;
    const untilMs = clock.now() + flight.remainingMs;
    for (let spacingMs = FIRST_SPACING_MS; !signal.aborted; spacingMs = Math.min(spacingMs * 2, LAST_SPACING_MS)) {
      const reply = await pollToEnd({ ask, onWaiting: () => undefined, clock, untilMs, signal });
      flight.heard(reply);
      if (reply.ok) return;
      await sleep(spacingMs, clock, signal);
    }
  }
}
