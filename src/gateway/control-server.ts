// control.sock: HTTP with JSON for root (docs/CONTROL.md). It knows requests, sizes and peers; what the paths do is given
// to it. Nothing here can let a user in.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Place } from "./listener.ts";
import { bind } from "./listener.ts";
import type { ReadPeer } from "./ports.ts";

/** What one method and path do. Throws nothing; `status` is the HTTP status. */
export type ControlRoute = (body: unknown) => Promise<ControlReply> | ControlReply;
export interface ControlReply {
  readonly status: number;
  readonly body: unknown;
}
/** Keys are a method and a path: "GET /status". */
export type ControlRoutes = Readonly<Record<string, ControlRoute>>;

const BODY_MAX_BYTES = 64 * 1024;

export interface ControlParts {
  readonly routes: ControlRoutes;
  readonly readPeer: ReadPeer;
  readonly ownUid: number;
  readonly onError: (error: Error) => void;
}

/** Resolves when it answers. Only root and the daemon's own uid get more than 403. */
export async function openControl(place: Place, parts: ControlParts): Promise<{ close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    void answer(request, response, parts).catch((error: unknown) => {
      parts.onError(error instanceof Error ? error : new Error(String(error)));
      response.destroy();
    });
  });
  server.headersTimeout = 5000;
  server.requestTimeout = 10_000;
  await bind(server, place, 0o600);
  server.on("error", parts.onError);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: ControlParts): Promise<void> {
  const peer = parts.readPeer(request.socket);
  if (!peer.ok || (peer.value.uid !== 0 && peer.value.uid !== parts.ownUid)) {
    return reply(response, { status: 403, body: { error: "only root may use the control socket" } });
  }
  const route = parts.routes[`${request.method} ${request.url}`];
  if (route === undefined) return reply(response, { status: 404, body: { error: "no such path" } });
  const body = await readBody(request);
  if (!body.ok) return reply(response, { status: 400, body: { error: body.error } });
  reply(response, await route(body.value));
}

async function readBody(
  request: IncomingMessage,
): Promise<{ ok: true; value: unknown } | { ok: false; error: string }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_MAX_BYTES) return { ok: false, error: `the body is above ${BODY_MAX_BYTES} bytes` };
    chunks.push(chunk);
  }
  if (size === 0) return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(Buffer.concat(chunks).toString()) };
  } catch {
    return { ok: false, error: "the body is not JSON" };
  }
}

function reply(response: ServerResponse, { status, body }: ControlReply): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
