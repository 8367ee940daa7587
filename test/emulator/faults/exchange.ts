// Owns the one request-and-reply a fault works on: producing the true reply, writing bytes, losing the connection.

import type { ServerResponse } from "node:http";
import type { Encode, Payload } from "../http/payload.ts";

/** What a fault can do. */
export interface Exchange {
  readonly response: ServerResponse;
  /** Fires when the client has gone or the emulator closes. */
  readonly signal: AbortSignal;
  /** How long a poll holds. */
  readonly longPollMs: number;
  /** Milliseconds since the epoch, for the Date header. */
  readonly nowMs: () => number;
  /** The form of replies in the dialect that was spoken. */
  readonly encode: Encode;
  /** For a poll, the `response` that says to go on waiting. */
  readonly stillWaiting: object | undefined;
  /** Ends the connection with a TCP reset. */
  readonly reset: () => void;
  /** Lets the request take effect, on a clock that is off by so many seconds. Never rejects. */
  readonly produce: (skewSeconds?: number) => Promise<Payload>;
}

/** Writes status and headers of a reply, with the true length of its body. */
export function writeHead(exchange: Exchange, payload: Payload): void {
  exchange.response.writeHead(payload.status, {
    "Content-Type": payload.contentType,
    "Content-Length": payload.body.length,
    Date: new Date(exchange.nowMs()).toUTCString(),
    ...payload.headers,
  });
}

/** Writes a whole reply; without effect if the client has gone. */
export function send(exchange: Exchange, payload: Payload): void {
  if (exchange.signal.aborted) return;
  writeHead(exchange, payload);
  exchange.response.end(payload.body);
}

/** Waits; returns early when the client has gone. @returns whether the client is still there. */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve(!signal.aborted);
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
