// Whether Duo is known to be away. Then a login's preauth fails at once, with what is known, instead of waiting for the same
// time-out again, and a probe in the background looks for Duo's return. failmode is not known here: policy/ decides.
//
// When it opens. SECURITY: with failmode = safe this state lets people in whom Duo was not asked about, so nobody may be able
// to bring it about for others. One failed call proves nothing about Duo: it may be one slow answer, or a user name that
// upsets Duo, chosen by an attacker. So a preauth that failed as an outage only raises the suspicion, and a ping of our own,
// which has nothing of any login in it, has to fail as an outage too. One such pair is enough, for a refused connection as
// for a time-out: a count of failures would only let an attacker who can make his own calls fail do it that many times. Where
// pings are answered and preauth is not, every login goes on asking for itself. 429 is an answer: back-off.ts keeps that.
// Whoever can cut the network makes both fail, but has failmode at hand without this.
//
// When it closes: with the first answer of any kind to anybody, a probe, a warming ping, a login that had been under way; and
// with local trouble, for then nobody knows any more, and each login has to ask for itself.

import type { Clock, Timer } from "../core/clock.ts";
import { type DuoFailure, failureClass } from "../core/failure.ts";
import { err, type Result } from "../core/result.ts";
import type { DuoApi } from "./api.ts";

export interface OutageEnd {
  readonly durationMs: number;
  readonly affectedLogins: number;
  /** False where Duo did not answer: this machine has trouble of its own, and cannot know. */
  readonly answered: boolean;
}

export interface OutageParts {
  readonly clock: Clock;
  readonly random: () => number;
  /** One ping. Its outcome comes to heard() as well, as that of every ping does. Must not reject. */
  readonly probe: () => Promise<Result<unknown, DuoFailure>>;
  readonly onBegin: (failure: DuoFailure) => void;
  readonly onEnd: (facts: OutageEnd) => void;
}

export interface OutageState {
  /** The outage that there is now. */
  readonly now:
    | {
        /** Wall clock, milliseconds since 1970. */
        readonly sinceMs: number;
        readonly failure: DuoFailure;
        /** Logins that failed as an outage, asked or unasked. */
        readonly affectedLogins: number;
        readonly probes: number;
      }
    | undefined;
  /** Outages since the service began, this one included. */
  readonly outages: number;
}

interface Away {
  readonly failure: DuoFailure;
  readonly beganAt: number;
  readonly sinceMs: number;
  affectedLogins: number;
  probes: number;
}

interface Suspicion {
  /** Logins that failed meanwhile. */
  affectedLogins: number;
}

/** Waits between probes: the first, the factor from one to the next, the longest. Each is taken times 0.5 to 1.5. */
export const PROBE_FIRST_MS = 1000;
const PROBE_GROWTH = 1.6;
export const PROBE_MAX_MS = 15_000;

export class Outage {
  readonly #parts: OutageParts;
  #away: Away | undefined;
  /** Being looked into by a ping; undefined when there is none, or when Duo has answered somebody. */
  #suspected: Suspicion | undefined;
  #outages = 0;
  #timer: Timer | undefined;
  #closed = false;

  constructor(parts: OutageParts) {
    this.#parts = parts;
  }

  get state(): OutageState {
    if (this.#away === undefined) return { now: undefined, outages: this.#outages };
    const { failure, sinceMs, affectedLogins, probes } = this.#away;
    return { now: { failure, sinceMs, affectedLogins, probes }, outages: this.#outages };
  }

  /** `api`, whose preauth is not asked while Duo is away. */
  guard(api: DuoApi): DuoApi {
    return {
      preauth: async (subject, signal, token) => {
        if (this.#away !== undefined) {
          this.#away.affectedLogins += 1;
          return err(this.#away.failure);
        }
        const result = await api.preauth(subject, signal, token);
        if (!result.ok && provesAbsence(result.error)) this.#suspect(result.error);
        else this.heard(result);
        return result;
      },
      auth: (subject, choice, signal) => this.#told(api.auth(subject, choice, signal)),
      authStatus: (txid, signal) => this.#told(api.authStatus(txid, signal)),
    };
  }

  /** The outcome of a call to Duo. */
  heard(result: Result<unknown, DuoFailure>): void {
    const over = result.ok || !(provesAbsence(result.error) || result.error.code === "cancelled");
    if (over) this.#suspected = undefined;
    if (over && this.#away !== undefined) this.#end(this.#away, result.ok || result.error.code !== "local-trouble");
  }

  /** No probe is left; nothing more is reported. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #suspect(failure: DuoFailure): void {
    if (this.#away !== undefined) this.#away.affectedLogins += 1;
    else if (this.#suspected !== undefined) this.#suspected.affectedLogins += 1;
    else {
      this.#suspected = { affectedLogins: 1 };
      void this.#confirm(failure, this.#suspected);
    }
  }

  /** What follows a preauth is asked whatever is known of Duo; its answers are Duo's as well. */
  async #told<T>(work: Promise<Result<T, DuoFailure>>): Promise<Result<T, DuoFailure>> {
    const result = await work;
    this.heard(result);
    return result;
  }

  async #confirm(failure: DuoFailure, suspicion: Suspicion): Promise<void> {
    const result = await this.#parts.probe();
    // SECURITY: a ping that was slow, or lost, says nothing against an answer that came meanwhile.
    if (this.#suspected !== suspicion) return;
    this.#suspected = undefined;
    if (this.#closed || result.ok || !provesAbsence(result.error)) return;
    const { affectedLogins } = suspicion;
    const { clock, onBegin } = this.#parts;
    this.#away = { failure, beganAt: clock.now(), sinceMs: clock.wallMs(), affectedLogins, probes: 0 };
    this.#outages += 1;
    onBegin(failure);
    this.#probeIn(PROBE_FIRST_MS);
  }

  #probeIn(ms: number): void {
    const { clock, random, probe } = this.#parts;
    this.#timer = clock.after(ms * (0.5 + random()), async () => {
      if (this.#away !== undefined) this.#away.probes += 1;
      this.heard(await probe());
      if (this.#away !== undefined && !this.#closed) this.#probeIn(Math.min(PROBE_MAX_MS, ms * PROBE_GROWTH));
    });
  }

  #end({ beganAt, affectedLogins }: Away, answered: boolean): void {
    this.#away = undefined;
    this.#timer?.cancel();
    if (!this.#closed) this.#parts.onEnd({ durationMs: this.#parts.clock.now() - beganAt, affectedLogins, answered });
  }
}

function provesAbsence({ code }: DuoFailure): boolean {
  return failureClass(code) === "outage";
}
