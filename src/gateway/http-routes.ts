// Requests and replies of the daemon's own HTTP doors (control.sock, metrics_listen): which method a path takes, what a query and
// a body may be, how an answer is written. It knows neither peers nor sockets. Used by control-server.ts and
// metrics-server.ts.

import type { IncomingMessage, ServerResponse } from "node:http";
import { err, ok, type Result } from "../core/result.ts";
import { type LineStream, lineStream } from "./line-stream.ts";

export interface HttpRequest {
  readonly query: URLSearchParams;
  /** The parsed JSON of a POST; undefined where there was none. */
  readonly body: unknown;
}

export type HttpReply =
  | { readonly status: number; readonly body: unknown }
  /** Text of another type than JSON. */
  | { readonly status: number; readonly type: string; readonly text: string }
  /** Lines of JSON until the reader leaves. `start` returns what is done then. */
  | { readonly status: 200; readonly start: (lines: LineStream) => () => void };

/** Throws nothing that is expected. */
export type HttpRoute = (request: HttpRequest) => Promise<HttpReply> | HttpReply;

/** By path, then by method. A path that has GET has HEAD too. */
export type HttpRoutes = Readonly<Record<string, Readonly<Partial<Record<"GET" | "POST", HttpRoute>>>>>;

const BODY_MAX_BYTES = 64 * 1024;

/** Answers one request by the table. */
export async function serve(routes: HttpRoutes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = urlOf(request.url ?? "");
  if (url === undefined) return reply(response, refusal(400, "the path is not one"));
  const methods = Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined;
  if (methods === undefined) return reply(response, refusal(404, "no such path"));
  const method = request.method === "HEAD" ? "GET" : request.method;
  const route = method === "GET" || method === "POST" ? methods[method] : undefined;
  if (route === undefined) {
    const allowed = Object.keys(methods).flatMap((one) => (one === "GET" ? ["GET", "HEAD"] : [one]));
    response.setHeader("allow", allowed.join(", "));
    return reply(response, refusal(405, `this path takes ${allowed.join(" and ")}`));
  }
  const body = await readBody(request);
  reply(response, body.ok ? await route({ query: url.searchParams, body: body.value }) : body.error);
}

/** An error in the form that all of them have. */
export function refusal(status: number, error: string): HttpReply {
  return { status, body: { error } };
}

export function reply(response: ServerResponse, answer: HttpReply): void {
  response.setHeader("cache-control", "no-store");
  if ("start" in answer) stream(response, answer.start);
  else if ("text" in answer) whole(response, answer.status, answer.type, answer.text);
  else whole(response, answer.status, "application/json", `${JSON.stringify(answer.body)}\n`);
}

/** Node leaves the body out of an answer to HEAD. */
function whole(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) });
  response.end(text);
}

function stream(response: ServerResponse, start: (lines: LineStream) => () => void): void {
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  if (response.req.method === "HEAD") {
    response.end();
    return;
  }
  // Its reader leaves whenever it likes.
  response.on("error", () => undefined);
  const end = start(lineStream(response));
  response.once("close", end);
}

/** Any host: the name in the request says nothing here. */
function urlOf(target: string): URL | undefined {
  try {
    return new URL(target, "http://duogate");
  } catch {
    return undefined;
  }
}

async function readBody(request: IncomingMessage): Promise<Result<unknown, HttpReply>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read to its end, and not kept: an answer to a client that is still writing would be lost.
    if (size <= BODY_MAX_BYTES) chunks.push(chunk);
  }
  if (size > BODY_MAX_BYTES) return err(refusal(413, `the body is above ${BODY_MAX_BYTES} bytes`));
  if (size === 0) return ok(undefined);
  try {
    return ok(JSON.parse(Buffer.concat(chunks).toString()));
  } catch {
    return err(refusal(400, "the body is not JSON"));
  }
}
