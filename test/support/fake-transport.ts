// The way to Duo without a network: replies from a script, requests remembered. Used by the tests of duo/.

import type { DuoFailure, DuoFailureCode } from "../../src/core/failure.ts";
import { err, ok, type Result } from "../../src/core/result.ts";
import type { Transport, WireRequest, WireResponse } from "../../src/duo/transport.ts";

/** A failure code, or a reply. The last one repeats. */
export type TransportReply = DuoFailureCode | WireResponse;

export class FakeTransport implements Transport {
  readonly requests: WireRequest[] = [];
  readonly #replies: readonly TransportReply[];
  readonly #onSend: () => void;

  constructor(replies: readonly TransportReply[], onSend: () => void = () => {}) {
    this.#replies = replies;
    this.#onSend = onSend;
  }

  send(request: WireRequest): Promise<Result<WireResponse, DuoFailure>> {
    const reply = this.#replies[Math.min(this.requests.length, this.#replies.length - 1)];
    this.requests.push(request);
    this.#onSend();
    if (reply === undefined) throw new Error("no reply is scripted");
    if (typeof reply !== "string") return Promise.resolve(ok(reply));
    return Promise.resolve(err({ code: reply, stage: request.stage, detail: `scripted ${reply}` }));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A reply with these bytes, or with this value as JSON. */
export function reply(status: number, body: unknown, retryAfter?: string): WireResponse {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  return { status, contentType: "application/json", retryAfter, body: bytes };
}

export function okReply(response: unknown): WireResponse {
  return reply(200, { stat: "OK", response });
}

export function failReply(code: number, message = "refused"): WireResponse {
  return reply(Math.floor(code / 100), { stat: "FAIL", code, message });
}
