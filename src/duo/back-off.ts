// Duo's "not now" (HTTP 429), remembered for all logins of one host: who comes after it waits before asking. Put around the
// transport by service.ts.
//
// SECURITY: it delays, and never answers in Duo's place. A 429 can be one user's own doing, and an outage is an allow under
// failmode = safe: so each login's verdict rests on what Duo said to that login. Where Duo asks for longer than a login has,
// waiting would be in vain: each login then asks once, and retry.ts does not repeat it.

import type { Clock } from "../core/clock.ts";
import { err } from "../core/result.ts";
import { sleep } from "../core/sleep.ts";
import { RETRY_BUDGET, retryAfterMs } from "./retry.ts";
import type { Transport } from "./transport.ts";

/** As Duo's own clients wait where no time is named: 1, 2, 4… 32 s. */
const FIRST_MS = 1000;
const LAST_MS = 32_000;
/** Those who wait go on one after the other, not all in the same instant. */
const SPREAD_MS = 1000;

export class BackOff {
  readonly #clock: Clock;
  #until = Number.NEGATIVE_INFINITY;
  #hits = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until Duo may be asked again; 0 when it may be now. */
  get remainingMs(): number {
    return Math.max(0, this.#until - this.#clock.now());
  }

  /** A 429. `askedMs` is the wait that it names; a shorter one never shortens what an earlier reply asked for. */
  hit(askedMs: number | undefined): void {
    const wait = askedMs ?? Math.min(LAST_MS, FIRST_MS * 2 ** this.#hits);
    this.#hits = Math.min(this.#hits + 1, 5);
    this.#until = Math.max(this.#until, this.#clock.now() + wait);
  }

  /** Any other answer: the next 429 without a time begins at one second again. */
  clear(): void {
    this.#hits = 0;
  }
}

export interface Pace {
  readonly backOff: BackOff;
  readonly clock: Clock;
  /** Duo's time, which dates in Retry-After are in. */
  readonly wallMs: () => number;
  readonly random: () => number;
}

/** The transport, with calls held back for as long as that can help. A ping never waits: it is what finds Duo's time. */
export function paced(transport: Transport, { backOff, clock, wallMs, random }: Pace): Transport {
  return {
    async send(request, signal) {
      const until = clock.now() + (request.stage === "ping" ? 0 : RETRY_BUDGET.waitMs);
      for (let wait = backOff.remainingMs; wait > 0 && clock.now() + wait <= until; wait = backOff.remainingMs) {
        await sleep(wait + SPREAD_MS * random(), clock, signal);
        if (signal.aborted) return err({ code: "cancelled", stage: request.stage, detail: "the login ended first" });
      }
      const reply = await transport.send(request, signal);
      if (reply.ok && reply.value.status === 429) backOff.hit(retryAfterMs(reply.value.retryAfter, wallMs()));
      else if (reply.ok && request.stage !== "ping") backOff.clear();
      return reply;
    },
    close: () => transport.close(),
  };
}
