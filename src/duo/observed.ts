// Watching what goes to Duo and comes back, for those who measure it: how long each request took, and what each call of a
// login came to. It changes nothing and keeps nothing. Called by service.ts; who listens is given from above.

import type { Clock } from "../core/clock.ts";
import type { DuoFailure } from "../core/failure.ts";
import type { Result } from "../core/result.ts";
import type { DuoApi } from "./api.ts";
import type { Transport, WireRequest, WireResponse } from "./transport.ts";

/** Which of Duo's addresses a request went to, whatever the dialect calls it. */
export type Endpoint = "ping" | "check" | "preauth" | "auth" | "auth_status" | "other";

/** HTTP status 2xx; 4xx; 5xx and what is left; no answer at all; we stopped it ourselves. */
export type ExchangeOutcome = "ok" | "refused" | "server-error" | "no-answer" | "cancelled";

export interface Exchange {
  readonly endpoint: Endpoint;
  readonly outcome: ExchangeOutcome;
  /** From sending, a new connection included, to the last byte. Duo holds auth_status until something changes. */
  readonly ms: number;
}

/** `transport`, with `hear` told of every request that came to an end. */
export function observed(transport: Transport, clock: Clock, hear: (exchange: Exchange) => void): Transport {
  return {
    async send(request, signal) {
      const sentAt = clock.now();
      const reply = await transport.send(request, signal);
      hear({ endpoint: endpointOf(request), outcome: outcomeOf(reply), ms: clock.now() - sentAt });
      return reply;
    },
    close: () => transport.close(),
  };
}

/** `api`, with `hear` told what each call came to after its repeats. */
export function overheard(api: DuoApi, hear: (result: Result<unknown, DuoFailure>) => void): DuoApi {
  const told = async <T>(work: Promise<Result<T, DuoFailure>>): Promise<Result<T, DuoFailure>> => {
    const result = await work;
    hear(result);
    return result;
  };
  return {
    preauth: (subject, signal, token) => told(api.preauth(subject, signal, token)),
    auth: (subject, choice, signal) => told(api.auth(subject, choice, signal)),
    authStatus: (txid, signal) => told(api.authStatus(txid, signal)),
  };
}

function endpointOf({ stage, path }: WireRequest): Endpoint {
  switch (stage) {
    case "ping":
      // The check of the keys is a ping with a signature, to the rest of duo/.
      return /\/check(\?|$)/.test(path) ? "check" : "ping";
    case "preauth":
    case "auth":
    case "auth_status":
      return stage;
    default:
      return "other";
  }
}

function outcomeOf(reply: Result<WireResponse, DuoFailure>): ExchangeOutcome {
  if (!reply.ok) return reply.error.code === "cancelled" ? "cancelled" : "no-answer";
  const { status } = reply.value;
  if (status >= 200 && status < 300) return "ok";
  return status >= 400 && status < 500 ? "refused" : "server-error";
}
