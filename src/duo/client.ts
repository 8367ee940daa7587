// Signed calls: dates and signs a request anew for each try, sends it, opens the envelope. It keeps the clock offset: a 401
// that says "bad timestamp", or does not say why, leads to one ping, and to one repeat of calls that may be repeated.

import type { Clock } from "../core/clock.ts";
import type { DuoFailure, DuoStage } from "../core/failure.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Secret } from "../core/secret.ts";
import type { ClockOffset } from "./clock-offset.ts";
import { openEnvelope } from "./envelope.ts";
import { retryAfterMs, type Tried, withRetries } from "./retry.ts";
import { type Parameters, rfc2822 } from "./signature.ts";
import { type SignatureForm, sign } from "./signature-form.ts";
import type { Transport, WireRequest, WireResponse } from "./transport.ts";

export interface Call {
  readonly stage: DuoStage;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly parameters: Parameters;
  /** False for `auth`: SECURITY: it is sent exactly once, so that nobody gets two pushes for one login. */
  readonly repeatable: boolean;
  /** What the reply may be; JSON unless given. */
  readonly accept?: string | undefined;
}

/** What makes a value, or a failure, of a reply. */
export type Opener<T> = (reply: WireResponse, stage: DuoStage) => Result<T, DuoFailure>;

export interface ClientSettings {
  readonly ikey: string;
  readonly skey: Secret;
  readonly host: string;
  readonly userAgent: string;
  /** How calls are signed; `v2` unless given. */
  readonly signature?: SignatureForm | undefined;
}

export interface ClientParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly offset: ClockOffset;
  readonly random: () => number;
  /** Learns the clock offset from a ping; false when it could not. */
  readonly synchronise: (signal: AbortSignal) => Promise<boolean>;
}

export class Client {
  readonly #settings: ClientSettings;
  readonly #parts: ClientParts;

  constructor(settings: ClientSettings, parts: ClientParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  /** The `response` of a call, unchecked, or the failure. */
  call(call: Call, signal: AbortSignal): Promise<Result<unknown, DuoFailure>> {
    return this.exchange(call, signal, openEnvelope);
  }

  /** The same for callers that want more of the reply than `response`: they open it themselves. */
  async exchange<T>(call: Call, signal: AbortSignal, open: Opener<T>): Promise<Result<T, DuoFailure>> {
    if (!call.repeatable) return (await this.#once(call, signal, open)).result;
    const { offset, synchronise } = this.#parts;
    const datedBy = offset.ms;
    const result = await this.#withRetries(call, signal, open);
    if (result.ok || !mayBeTheClock(result.error)) return result;
    // Another login may have asked Duo for the time meanwhile: then its answer serves this one too.
    if (offset.ms === datedBy && !(await synchronise(signal))) return result;
    // One that does not say why is about the keys, unless the date was wrong.
    if (result.error.code !== "bad-clock" && Math.abs(offset.ms - datedBy) < CLOCK_MATTERS_MS) return result;
    return await this.#withRetries(call, signal, open);
  }

  #withRetries<T>(call: Call, signal: AbortSignal, open: Opener<T>): Promise<Result<T, DuoFailure>> {
    const { clock, random } = this.#parts;
    return withRetries(() => this.#once(call, signal, open), clock, signal, random);
  }

  async #once<T>(call: Call, signal: AbortSignal, open: Opener<T>): Promise<Tried<T>> {
    if (signal.aborted) return { result: err(cancelled(call.stage)), retryAfterMs: undefined };
    const reply = await this.#parts.transport.send(this.#sign(call), signal);
    if (!reply.ok) return { result: reply, retryAfterMs: undefined };
    return {
      result: open(reply.value, call.stage),
      retryAfterMs: retryAfterMs(reply.value.retryAfter, this.#parts.clock.wallMs() + this.#parts.offset.ms),
    };
  }

  #sign({ stage, method, path, parameters, accept }: Call): WireRequest {
    const { ikey, skey, host, userAgent, signature = "v2" } = this.#settings;
    const date = rfc2822(this.#parts.clock.wallMs() + this.#parts.offset.ms);
    const signed = sign(signature, { date, method, host, path, parameters }, ikey, skey);
    // No Host header here: undici makes the one that is signed, and takes a request with a Host of its own for one to another
    // server: it would drop the warm connection.
    const headers: Record<string, string> = {
      date,
      authorization: signed.authorization,
      "user-agent": userAgent,
      accept: accept ?? "application/json",
    };
    if (signed.contentType !== undefined) headers["content-type"] = signed.contentType;
    const request = { stage, method, path: signed.target, headers };
    return signed.body === undefined ? request : { ...request, body: signed.body };
  }
}

/** Well below the 300 s at which Duo refuses a date, well above what a network does to a ping. */
const CLOCK_MATTERS_MS = 30_000;

/** Duo names a bad timestamp by its code; what stands before Duo, and older deployments, may send a bare 401. */
function mayBeTheClock({ code, httpStatus, duoCode }: DuoFailure): boolean {
  return code === "bad-clock" || (httpStatus === 401 && duoCode === undefined);
}

function cancelled(stage: DuoStage): DuoFailure {
  return { code: "cancelled", stage, detail: "the login ended first" };
}

/** For adapters: maps the value of an Ok. */
export function mapOk<T, U, E>(result: Result<T, E>, map: (value: T) => U): Result<U, E> {
  return result.ok ? ok(map(result.value)) : result;
}
