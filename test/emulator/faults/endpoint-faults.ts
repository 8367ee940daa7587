// Owns what each endpoint fault does to a reply, one row per fault.
// A row either bends the true reply or replaces it; the request has been read and recorded before. Called by the server.

import { ok } from "../http/outcome.ts";
import { jsonPayload, type Payload } from "../http/payload.ts";
import { type Exchange, pause, send, writeHead } from "./exchange.ts";
import type { EndpointFault, EndpointFaults } from "./fault.ts";

type Apply<Kind extends keyof EndpointFaults> = (fault: EndpointFault<Kind>, exchange: Exchange) => Promise<void>;

const defaultOversizedBytes = 10 * 1024 * 1024;

/** Starts the true work without waiting for its end, so that a push is out even if the call is a blocking one. */
function processIf(processed: boolean | undefined, exchange: Exchange): void {
  if (processed === true) void exchange.produce();
}

function text(status: number, contentType: string, body: string): Payload {
  return { status, contentType, body: Buffer.from(body, "utf8") };
}

/** The true reply with its `response` changed; a reply that is no success stays as it is. */
function withResponse(payload: Payload, change: (response: unknown) => unknown): Payload {
  return payload.bend?.(change) ?? payload;
}

function otherType(value: unknown): unknown {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return { value };
  return Array.isArray(value) ? "none" : 7;
}

function misTyped(response: unknown): unknown {
  if (typeof response !== "object" || response === null) return otherType(response);
  return Object.fromEntries(Object.entries(response).map(([key, value]) => [key, otherType(value)]));
}

const shownKeys = ["status_msg", "prompt", "text", "display_name", "name", "number", "enroll_portal_url"];

/** Every text a client might show begins with `text`; words that a client acts on stay as they are. */
function withHostileTexts(value: unknown, text: string, shown = false): unknown {
  if (typeof value === "string") return shown ? `${text}${value}` : value;
  if (Array.isArray(value)) return value.map((entry) => withHostileTexts(entry, text));
  if (typeof value !== "object" || value === null) return value;
  // In v1 `status` is what the user reads; in v2 it is a word, and status_msg stands beside it.
  const keys = "status_msg" in value ? shownKeys : [...shownKeys, "status"];
  const bent = Object.entries(value).map(([key, entry]) => [key, withHostileTexts(entry, text, keys.includes(key))]);
  return Object.fromEntries(bent);
}

// A window title, a cleared screen, a carriage return over what was shown, text that runs backwards, a C1 control.
const hostileText = "\u001b]0;owned\u0007\u001b[2J\rroot: \u202egnihton\u202c\u009b31m";

async function drip({ intervalMs, bytes = 1 }: EndpointFault<"drip">, exchange: Exchange): Promise<void> {
  const payload = await exchange.produce();
  if (exchange.signal.aborted) return;
  writeHead(exchange, payload);
  exchange.response.flushHeaders();
  for (let at = 0; at < payload.body.length; at += bytes) {
    if (!(await pause(intervalMs, exchange.signal))) return;
    exchange.response.write(payload.body.subarray(at, at + bytes));
  }
  exchange.response.end();
}

async function halfBody(_: EndpointFault<"half-body">, exchange: Exchange): Promise<void> {
  const payload = await exchange.produce();
  if (exchange.signal.aborted) return;
  writeHead(exchange, payload);
  const half = payload.body.subarray(0, Math.floor(payload.body.length / 2));
  exchange.response.write(half, () => exchange.response.destroy());
}

async function oversized(
  { bytes = defaultOversizedBytes }: EndpointFault<"oversized">,
  exchange: Exchange,
): Promise<void> {
  send(exchange, exchange.encode(ok({ padding: "x".repeat(bytes) })));
}

async function errorStatus(fault: EndpointFault<"status">, exchange: Exchange): Promise<void> {
  processIf(fault.processed, exchange);
  const code = fault.code ?? fault.status * 100 + 1;
  const payload = jsonPayload(fault.status, { stat: "FAIL", code, message: "Injected by the emulator" });
  const headers: Record<string, string> = {};
  if (fault.retryAfter !== undefined) headers["Retry-After"] = fault.retryAfter;
  if (fault.xRetryAfter !== undefined) headers["X-Retry-After"] = fault.xRetryAfter;
  send(exchange, { ...payload, headers });
}

async function waitingForever({ holdMs }: EndpointFault<"waiting-forever">, exchange: Exchange): Promise<void> {
  await pause(holdMs ?? exchange.longPollMs, exchange.signal);
  send(exchange, exchange.encode(ok(exchange.stillWaiting ?? {})));
}

const table: { readonly [Kind in keyof EndpointFaults]: Apply<Kind> } = {
  reset: async ({ processed }, exchange) => {
    processIf(processed, exchange);
    exchange.reset();
  },
  silent: async ({ processed }, exchange) => processIf(processed, exchange),
  delay: async ({ ms }, exchange) => {
    const payload = await exchange.produce();
    await pause(ms, exchange.signal);
    send(exchange, payload);
  },
  drip,
  "half-body": halfBody,
  oversized,
  "invalid-json": async ({ processed }, exchange) => {
    processIf(processed, exchange);
    send(exchange, text(200, "application/json", '{"stat": "OK", "response": {"result": "allow"'));
  },
  "unknown-result": async ({ result = "maybe" }, exchange) => {
    const payload = await exchange.produce();
    send(
      exchange,
      withResponse(payload, (response) =>
        typeof response === "string" ? result : Object.assign({}, response, { result }),
      ),
    );
  },
  "wrong-types": async (_, exchange) => send(exchange, withResponse(await exchange.produce(), misTyped)),
  html: async ({ status = 502, processed }, exchange) => {
    processIf(processed, exchange);
    send(exchange, text(status, "text/html", "<html><body><h1>Bad Gateway</h1></body></html>\n"));
  },
  status: errorStatus,
  body: async ({ status = 200, contentType = "application/json", text: body, processed }, exchange) => {
    processIf(processed, exchange);
    send(exchange, text(status, contentType, body));
  },
  "hostile-text": async ({ text: hostile = hostileText }, exchange) => {
    const payload = await exchange.produce();
    send(
      exchange,
      withResponse(payload, (response) => withHostileTexts(response, hostile)),
    );
  },
  raw: async ({ bytes, processed }, exchange) => {
    processIf(processed, exchange);
    exchange.response.socket?.write(Buffer.from(bytes, "latin1"));
  },
  "waiting-forever": waitingForever,
  "clock-skew": async ({ seconds }, exchange) => send(exchange, await exchange.produce(seconds)),
};

/** Answers a request the way the fault says. */
export function applyFault<Kind extends keyof EndpointFaults>(
  fault: EndpointFault<Kind>,
  exchange: Exchange,
): Promise<void> {
  const apply: Apply<Kind> = table[fault.kind];
  return apply(fault, exchange);
}
