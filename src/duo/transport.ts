// The HTTPS way to one Duo host: two undici pools (short calls, and long polls which must not starve them), strict TLS,
// size cap, and time limits for each phase. It knows bytes and failures; not what the calls mean.

import { buildConnector, Pool } from "undici";
import type { Clock } from "../core/clock.ts";
import type { DuoFailure, DuoStage } from "../core/failure.ts";
import { err, ok, type Result } from "../core/result.ts";
import { BodyLimitError, ConnectPhaseError, transportFailure } from "./transport-failure.ts";

/** Largest reply that is read. A preauth reply with fifty devices has about 15 KiB. */
const RESPONSE_MAX_BYTES = 256 * 1024;

export interface TransportSettings {
  readonly host: string;
  readonly port: number;
  /** PEM roots that replace the built-in ones; undefined for those that come with Node. */
  readonly caCertificates: readonly string[] | undefined;
  /** TCP connect and TLS handshake together. */
  readonly connectTimeoutMs: number;
  /** From the request to the reply's headers, for all calls but auth_status. */
  readonly requestTimeoutMs: number;
  /** The same for auth_status, which Duo holds until something changes. */
  readonly pollTimeoutMs: number;
  /** From the headers to the last byte. */
  readonly bodyTimeoutMs: number;
}

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
  /** Values of Retry-After and X-Retry-After, as sent. */
  readonly retryAfter: string | undefined;
  /** The Date header, as sent. */
  readonly date?: string | undefined;
  readonly body: Buffer;
}

export interface Transport {
  send(request: WireRequest, signal: AbortSignal): Promise<Result<WireResponse, DuoFailure>>;
  /** Waits for nothing: open requests fail, sockets close. */
  close(): Promise<void>;
}

// Below the idle limit of any server we know of (60 s and more), so that it is we who close an idle connection and a
// request is never written to one that the other side is just closing. A server's own shorter Keep-Alive hint wins.
const IDLE_MS = 20_000;
const SHORT_CALL_CONNECTIONS = 32;

export function createTransport(settings: TransportSettings, clock: Clock): Transport {
  const origin = `https://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${settings.port}`;
  const connect = createConnector(settings);
  const shared = { connect, pipelining: 1, keepAliveTimeout: IDLE_MS, keepAliveMaxTimeout: IDLE_MS, bodyTimeout: 0 };
  const calls = new Pool(origin, {
    ...shared,
    connections: SHORT_CALL_CONNECTIONS,
    headersTimeout: settings.requestTimeoutMs,
  });
  const polls = new Pool(origin, { ...shared, headersTimeout: settings.pollTimeoutMs });
  return {
    async send(request, signal) {
      const pool = request.stage === "auth_status" ? polls : calls;
      try {
        return ok(await exchange(pool, request, signal, settings.bodyTimeoutMs, clock));
      } catch (error) {
        return err(transportFailure(error, request.stage, signal));
      }
    },
    async close() {
      await Promise.all([calls.destroy(), polls.destroy()]);
    },
  };
}

function createConnector(settings: TransportSettings): buildConnector.connector {
  const connect = buildConnector({
    timeout: settings.connectTimeoutMs,
    minVersion: "TLSv1.2",
    // SECURITY: there is no option that switches this off.
    rejectUnauthorized: true,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 250,
    ...(settings.caCertificates === undefined ? {} : { ca: [...settings.caCertificates] }),
  });
  return (options, callback) =>
    connect(options, (error, socket) => {
      if (error === null) callback(null, socket);
      else callback(new ConnectPhaseError(error), null);
    });
}

async function exchange(
  pool: Pool,
  request: WireRequest,
  signal: AbortSignal,
  bodyTimeoutMs: number,
  clock: Clock,
): Promise<WireResponse> {
  const { method, path, headers } = request;
  const {
    statusCode,
    headers: received,
    body,
  } = await pool.request({
    method,
    path,
    headers,
    signal,
    body: request.body ?? null,
  });
  const timer = clock.after(bodyTimeoutMs, () => body.destroy(new BodyLimitError("timeout")));
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > RESPONSE_MAX_BYTES) throw new BodyLimitError("response-too-large");
      chunks.push(chunk);
    }
    // undici takes a connection for free one turn after the body's end; a call made before would open another one.
    await new Promise((resolve) => setImmediate(resolve));
    return {
      status: statusCode,
      contentType: headerText(received["content-type"]) ?? "",
      retryAfter: headerText(received["retry-after"]) ?? headerText(received["x-retry-after"]),
      date: headerText(received["date"]),
      body: Buffer.concat(chunks),
    };
  } finally {
    timer.cancel();
  }
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.at(-1) : value;
}
