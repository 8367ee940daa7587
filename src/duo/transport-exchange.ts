// One request and its reply on one connection: the limits on headers and body, and the cap on the reply's size. What it throws
// is translated by transport-failure.ts. Called by transport.ts.

import type { Client } from "undici";
import type { Clock } from "../core/clock.ts";
import type { DuoStage } from "../core/failure.ts";
import { retryAfterHeader } from "./retry.ts";
import { BodyLimitError } from "./transport-failure.ts";

/** Largest reply that is read. A preauth reply with fifty devices has about 15 KiB. */
const RESPONSE_MAX_BYTES = 256 * 1024;

export interface WireRequest {
  readonly stage: DuoStage;
  readonly method: "GET" | "POST";
  /** With the query of a GET. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface WireResponse {
  readonly status: number;
  readonly contentType: string;
  /** Retry-After or X-Retry-After, as sent: whichever makes sense. */
  readonly retryAfter: string | undefined;
  /** The Date header, as sent. */
  readonly date?: string | undefined;
  readonly body: Buffer;
}

export interface ExchangeLimits {
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
}

export async function exchange(
  client: Client,
  { method, path, headers, body: payload }: WireRequest,
  { headersTimeoutMs, bodyTimeoutMs }: ExchangeLimits,
  clock: Clock,
  signal: AbortSignal,
): Promise<WireResponse> {
  const reply = await client.request({
    method,
    path,
    headers,
    signal,
    body: payload ?? null,
    headersTimeout: headersTimeoutMs,
  });
  const { statusCode, headers: received, body } = reply;
  const timer = clock.after(bodyTimeoutMs, () => body.destroy(new BodyLimitError("timeout")));
  try {
    return {
      status: statusCode,
      contentType: [received["content-type"]].flat().at(-1) ?? "",
      retryAfter: retryAfterHeader(received),
      date: [received["date"]].flat().at(-1),
      body: await readAll(body),
    };
  } finally {
    timer.cancel();
  }
}

async function readAll(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > RESPONSE_MAX_BYTES) throw new BodyLimitError("response-too-large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
