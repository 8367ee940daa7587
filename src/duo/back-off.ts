// Duo's "not now" (HTTP 429), remembered for all logins of one host: while it holds, nobody asks. Who cannot wait that long
// is told at once what Duo would say. Put around the transport by service.ts.

import type { Clock } from "../core/clock.ts";
import { err, ok } from "../core/result.ts";
import { sleep } from "../core/sleep.ts";
import { RETRY_BUDGET, retryAfterMs } from "./retry.ts";
import type { Transport, WireResponse } from "./transport.ts";

/** As Duo's own clients wait where no time is named: 1, 2, 4… 32 s. */
const FIRST_MS = 1000;
const LAST_MS = 32_000;
/** Those who wait go on one after the other, not all in the same instant. */
const SPREAD_MS = 1000;

export class BackOff {
  readonly #clock: Clock;
  #until = Number.NEGATIVE_INFINITY;
  #hits = 0;
  #reply: WireResponse | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until Duo may be asked again; 0 when it may be now. */
  get remainingMs(): number {
    return Math.max(0, this.#until - this.#clock.now());
  }

  /** Duo's last 429, as it would be now; undefined when Duo may be asked. */
  get refusal(): WireResponse | undefined {
    if (this.#reply === undefined || this.remainingMs === 0) return undefined;
    return { ...this.#reply, retryAfter: `${Math.ceil(this.remainingMs / 1000)}` };
  }

  /** A 429. `askedMs` is the wait that it names; a shorter one never shortens what an earlier reply asked for. */
  hit(reply: WireResponse, askedMs: number | undefined): void {
    const wait = askedMs ?? Math.min(LAST_MS, FIRST_MS * 2 ** this.#hits);
    this.#hits = Math.min(this.#hits + 1, 5);
    this.#reply = reply;
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

/**
 * The transport, kept from asking while Duo does not want to be asked. A call waits for as long as its retries might have
 * (retry.ts); with a longer wait ahead it gets the 429 that Duo gave before. A ping never waits.
 */
export function paced(transport: Transport, { backOff, clock, wallMs, random }: Pace): Transport {
  return {
    async send(request, signal) {
      const until = clock.now() + (request.stage === "ping" ? 0 : RETRY_BUDGET.waitMs);
      for (let refusal = backOff.refusal; refusal !== undefined; refusal = backOff.refusal) {
        const wait = backOff.remainingMs;
        if (clock.now() + wait > until) return ok(refusal);
        await sleep(wait + SPREAD_MS * random(), clock, signal);
        if (signal.aborted) return err({ code: "cancelled", stage: request.stage, detail: "the login ended first" });
      }
      const reply = await transport.send(request, signal);
      if (reply.ok && reply.value.status === 429) {
        backOff.hit(reply.value, retryAfterMs(reply.value.retryAfter, wallMs()));
      } else if (reply.ok) backOff.clear();
      return reply;
    },
    close: () => transport.close(),
  };
}
