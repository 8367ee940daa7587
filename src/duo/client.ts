// Signed calls: dates and signs a request anew for each try, sends it, opens the envelope. It keeps the clock offset:
// a reply that says "bad timestamp" leads to one ping and one repeat of calls that may be repeated.

import type { Clock } from "../core/clock.ts";
import type { DuoFailure, DuoStage } from "../core/failure.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Secret } from "../core/secret.ts";
import type { ClockOffset } from "./clock-offset.ts";
import { openEnvelope } from "./envelope.ts";
import { retryAfterMs, type Tried, withRetries } from "./retry.ts";
import { authorization, canonicalParameters, type Parameters, rfc2822 } from "./signature.ts";
import type { Transport, WireRequest } from "./transport.ts";

export interface Call {
  readonly stage: DuoStage;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly parameters: Parameters;
  /** False for `auth`: SECURITY: it is sent exactly once, so that nobody gets two pushes for one login. */
  readonly repeatable: boolean;
}

export interface ClientSettings {
  readonly ikey: string;
  readonly skey: Secret;
  readonly host: string;
  readonly userAgent: string;
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
  async call(call: Call, signal: AbortSignal): Promise<Result<unknown, DuoFailure>> {
    if (!call.repeatable) return (await this.#once(call, signal)).result;
    const result = await this.#withRetries(call, signal);
    if (result.ok || result.error.code !== "bad-clock") return result;
    if (!(await this.#parts.synchronise(signal))) return result;
    return await this.#withRetries(call, signal);
  }

  #withRetries(call: Call, signal: AbortSignal): Promise<Result<unknown, DuoFailure>> {
    const { clock, random } = this.#parts;
    return withRetries(() => this.#once(call, signal), clock, signal, random);
  }

  async #once(call: Call, signal: AbortSignal): Promise<Tried<unknown>> {
    if (signal.aborted) return { result: err(cancelled(call.stage)), retryAfterMs: undefined };
    const reply = await this.#parts.transport.send(this.#sign(call), signal);
    if (!reply.ok) return { result: reply, retryAfterMs: undefined };
    return {
      result: openEnvelope(reply.value, call.stage),
      retryAfterMs: retryAfterMs(reply.value.retryAfter, this.#parts.clock.wallMs()),
    };
  }

  #sign({ stage, method, path, parameters }: Call): WireRequest {
    const { ikey, skey, host, userAgent } = this.#settings;
    const canonical = canonicalParameters(parameters);
    const date = rfc2822(this.#parts.clock.wallMs() + this.#parts.offset.ms);
    // No Host header here: undici makes the one that is signed, and takes a request with a Host of its own for one to another
    // server: it would drop the warm connection.
    const headers: Record<string, string> = {
      date,
      authorization: authorization({ date, method, host, path, parameters: canonical }, ikey, skey),
      "user-agent": userAgent,
      accept: "application/json",
    };
    if (method === "GET") {
      return { stage, method, path: canonical === "" ? path : `${path}?${canonical}`, headers };
    }
    headers["content-type"] = "application/x-www-form-urlencoded";
    return { stage, method, path, headers, body: canonical };
  }
}

function cancelled(stage: DuoStage): DuoFailure {
  return { code: "cancelled", stage, detail: "the login ended first" };
}

/** For adapters: maps the value of an Ok. */
export function mapOk<T, U, E>(result: Result<T, E>, map: (value: T) => U): Result<U, E> {
  return result.ok ? ok(map(result.value)) : result;
}
