// The HTTPS way to one Duo host: which connection carries a call, its time limits, the cap on its reply. It knows bytes and
// failures; not what the calls mean, but for one thing: `auth` must arrive once and only once.
//
// How a connection that Duo closed while it was idle never costs a login, nor a second push:
// 1. An idle connection is closed by us first: after 20 s, or 2 s before the limit that Duo announces (transport-lanes.ts).
// 2. A close that has arrived is seen before a request is written: undici reads the socket in between. What is left is the
//    close that is on its way while we write; the request is lost then, and nobody can tell whether it was acted upon.
// 3. A call without side effects is repeated then, on a new connection, because all idle ones are dropped with the first
//    that turns out to be dead.
// 4. `auth` may not be repeated, so it is never written to a connection that could just be closed for idling: only to one
//    that had answered within the last four seconds, to a new one, or to an older one which has just answered a ping. A warm
//    login (preauth, then auth) pays nothing for it; a user who thought about the menu for longer pays one round trip.

import type { Clock } from "../core/clock.ts";
import type { DuoFailure } from "../core/failure.ts";
import { err, ok, type Result } from "../core/result.ts";
import { LoopWatch, type Wait } from "./loop-watch.ts";
import { askLoopback, type Loopback } from "./loopback.ts";
import { ownTrouble } from "./own-trouble.ts";
import { KnownAddresses, type Resolve, remembering, systemResolve } from "./resolver.ts";
import { type ConnectSettings, createConnect } from "./transport-connect.ts";
import { exchange, type WireRequest, type WireResponse } from "./transport-exchange.ts";
import { transportFailure } from "./transport-failure.ts";
import { type Lane, Lanes } from "./transport-lanes.ts";
import { CALLS_AT_ONCE, Turns } from "./transport-turns.ts";
import type { Root } from "./trust.ts";

export type { WireRequest, WireResponse };

export interface TransportSettings extends ConnectSettings {
  /** From the request to the reply's headers, for all calls but auth_status. */
  readonly requestTimeoutMs: number;
  /** The same for auth_status, which Duo holds until something changes. */
  readonly pollTimeoutMs: number;
  /** From the headers to the last byte. */
  readonly bodyTimeoutMs: number;
}

export interface Transport {
  send(request: WireRequest, signal: AbortSignal): Promise<Result<WireResponse, DuoFailure>>;
  /** Waits for nothing: open requests fail, sockets close. */
  close(): Promise<void>;
}

/** How a transport differs from an ordinary one. */
export interface TransportParts {
  readonly resolve?: Resolve | undefined;
  readonly onRoot?: ((root: Root) => void) | undefined;
  readonly loopback?: Loopback | undefined;
  /** Its own unless given. */
  readonly known?: KnownAddresses | undefined;
}

/** Below five seconds, the shortest idle limit that web servers have by default. */
export const PROVEN_MS = 4000;
/** A connection whose other end is gone without a word must not hold `auth` up for long. */
export const PROOF_TIMEOUT_MS = 2000;

export function createTransport(settings: TransportSettings, clock: Clock, parts: TransportParts = {}): Transport {
  const { host, port, requestTimeoutMs, pollTimeoutMs, bodyTimeoutMs } = settings;
  const { resolve = systemResolve, onRoot = () => undefined, loopback = askLoopback } = parts;
  const remembered = remembering(resolve, clock, parts.known ?? new KnownAddresses());
  const origin = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const lanes = new Lanes(origin, createConnect(settings, { clock, resolve: remembered, onRoot }));
  const turns = new Turns(CALLS_AT_ONCE);
  const watch = new LoopWatch(clock);
  const judge = (failure: DuoFailure, wait: Wait) => ownTrouble(failure, wait, () => loopback(clock));

  /** One request on this connection, which stays the caller's when it was answered and is gone when it was not. */
  const carry = async (lane: Lane, request: WireRequest, headersTimeoutMs: number, signal: AbortSignal) => {
    const stop = () => lanes.drop(lane);
    const used = lane.answeredAt !== undefined;
    signal.addEventListener("abort", stop, { once: true });
    try {
      signal.throwIfAborted();
      const reply = await exchange(lane.client, request, { headersTimeoutMs, bodyTimeoutMs }, clock, signal);
      lane.answeredAt = clock.now();
      return reply;
    } catch (error) {
      lanes.drop(lane);
      if (used && !signal.aborted) lanes.dropIdle();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  };

  /** Whether the other end is still there; if not, the connection is gone. */
  const proves = async (lane: Lane, { headers }: WireRequest, signal: AbortSignal): Promise<boolean> => {
    const ping = { method: "GET", path: "/auth/v2/ping", stage: "ping" } as const;
    const agent = headers["user-agent"];
    try {
      const own = { ...ping, headers: agent === undefined ? {} : { "user-agent": agent } };
      await carry(lane, own, Math.min(PROOF_TIMEOUT_MS, requestTimeoutMs), signal);
      return true;
    } catch {
      return false;
    }
  };

  const laneFor = async (request: WireRequest, signal: AbortSignal): Promise<Lane> => {
    const lane = lanes.takeIdle();
    if (lane === undefined) return lanes.open();
    if (request.stage !== "auth" || clock.now() - (lane.answeredAt ?? 0) <= PROVEN_MS) return lane;
    return (await proves(lane, request, signal)) ? lane : lanes.open();
  };

  const sendOne = async (request: WireRequest, limitMs: number, signal: AbortSignal): Promise<WireResponse> => {
    const lane = await laneFor(request, signal);
    const reply = await carry(lane, request, limitMs, signal);
    lanes.giveBack(lane);
    return reply;
  };

  const send = async (request: WireRequest, signal: AbortSignal): Promise<Result<WireResponse, DuoFailure>> => {
    try {
      return ok(await sendOne(request, request.stage === "auth_status" ? pollTimeoutMs : requestTimeoutMs, signal));
    } catch (error) {
      return err(transportFailure(error, request.stage, signal));
    }
  };

  const sendInTurn = async (request: WireRequest, signal: AbortSignal): Promise<Result<WireResponse, DuoFailure>> => {
    try {
      await turns.enter(signal);
    } catch (error) {
      return err(transportFailure(error, request.stage, signal));
    }
    const end = watch.begin();
    try {
      const reply = await send(request, signal);
      return reply.ok ? reply : err(await judge(reply.error, end()));
    } finally {
      end();
      turns.leave();
    }
  };

  return {
    // A poll lasts for as long as the user thinks, and no outage that it meets lets anybody in: it is not watched.
    send: (request, signal) => (request.stage === "auth_status" ? send : sendInTurn)(request, signal),
    close: () => lanes.close(),
  };
}
