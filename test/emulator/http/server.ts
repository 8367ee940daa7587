// Owns one HTTP request from its first byte to its reply: read, record, fault, dispatch.
// Called by the HTTPS servers for every request.

import type { IncomingMessage, ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import { applyFault } from "../faults/endpoint-faults.ts";
import { type Exchange, send } from "../faults/exchange.ts";
import type { FaultPlan } from "../faults/plan.ts";
import type { Integration } from "../signature/verify.ts";
import type { RecordedRequest } from "../store/records.ts";
import type { World } from "../store/world.ts";
import { type Call, readBody, toCall } from "./call.ts";
import type { Connections } from "./connections.ts";
import { dispatch } from "./dispatch.ts";
import { encodeJson } from "./payload.ts";
import { type Found, findRoute, paramsOf, type Route } from "./route.ts";

/** What the server is made of. */
export interface ServerParts {
  readonly world: World;
  readonly routes: readonly Route[];
  readonly integrations: readonly Integration[];
  /** Whether /rest/v1 accepts signatures of version 1, which cover no date. */
  readonly undated: boolean;
  readonly faults: FaultPlan;
  readonly connections: Connections;
}

/** A defect of the emulator must end the test run, not hide behind a 500 that a client treats as an outage. */
function report(defect: unknown): void {
  setImmediate(() => {
    throw defect;
  });
}

/** Fires when the reply is over, whole or not. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  response.on("error", () => gone.abort());
  return gone.signal;
}

function record(
  parts: ServerParts,
  call: Call,
  found: Found,
  fault: string | undefined,
  response: ServerResponse,
): void {
  const { socket } = response;
  const tls = socket instanceof TLSSocket ? socket : undefined;
  const entry: { -readonly [Key in keyof RecordedRequest]: RecordedRequest[Key] } = {
    sequence: 0,
    endpoint: found.kind === "none" ? undefined : found.route.endpoint,
    method: call.method,
    path: call.path,
    params: Object.fromEntries(paramsOf(call)),
    userAgent: call.headers.find(([name]) => name === "user-agent")?.[1],
    at: performance.now(),
    connection: socket === null ? 0 : parts.connections.numberOf(socket),
    protocol: tls?.getProtocol() ?? undefined,
    resumed: tls?.isSessionReused() ?? false,
    fault,
    status: undefined,
    answeredAt: undefined,
  };
  response.on("finish", () => {
    entry.status = response.statusCode;
    entry.answeredAt = performance.now();
  });
  parts.world.requests.add((sequence) => Object.assign(entry, { sequence }));
}

async function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const signal = goneSignal(response);
  const body = await readBody(request);
  if (body === undefined) {
    response.destroy();
    return;
  }
  const { world, integrations, undated } = parts;
  const call = toCall(request, body);
  const found = findRoute(parts.routes, call, paramsOf(call));
  const fault = found.kind === "none" ? undefined : parts.faults.forEndpoint(found.route.endpoint);
  record(parts, call, found, fault?.kind, response);
  const exchange: Exchange = {
    response,
    signal,
    longPollMs: world.longPollMs,
    nowMs: () => world.now(),
    encode: found.kind === "none" ? encodeJson : found.route.encode,
    stillWaiting: found.kind === "route" ? found.route.stillWaiting : undefined,
    reset: () => parts.connections.reset(request.socket),
    produce: (skewSeconds = 0) =>
      dispatch(found, call, {
        world,
        integrations,
        undated,
        nowMs: world.now() + skewSeconds * 1000,
        signal,
        report,
      }),
  };
  if (fault !== undefined) await applyFault(fault, exchange);
  else send(exchange, await exchange.produce());
}

/** The request listener of an HTTPS server. */
export function requestListener(parts: ServerParts): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(parts, request, response).catch(report);
  };
}
