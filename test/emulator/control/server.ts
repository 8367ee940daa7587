// Owns the control server: the steering of an emulator over plain HTTP and JSON on loopback, for other processes.
// POST /<command> with a JSON object; GET /facts, /requests, /pushes, /messages, /next-push, /next-message, /events.
// A web page in a browser cannot use it: commands must be application/json, which needs a permission it never gives.

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Connections } from "../http/connections.ts";
import type { Steering } from "../steering.ts";
import type { World } from "../store/world.ts";
import { commands } from "./commands.ts";
import { type View, views } from "./views.ts";

/** What the control server offers. */
export interface ControlOptions {
  /** 0 for a free one. */
  readonly port: number;
  readonly steering: Steering;
  readonly world: World;
  /** Host, keys and files, for GET /facts. */
  readonly facts: Readonly<Record<string, string | number>>;
}

/** An open control server. */
export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

const maxBytes = 1 << 20;

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(`${JSON.stringify(value)}\n`);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (request.headers["content-type"] !== "application/json") throw new TypeError("send application/json");
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes: unknown = chunk;
    if (!Buffer.isBuffer(bytes)) throw new TypeError("send bytes");
    size += bytes.length;
    if (size > maxBytes) throw new TypeError("send less than 1 MiB");
    chunks.push(bytes);
  }
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

async function runCommand(name: string, request: IncomingMessage, options: ControlOptions): Promise<unknown> {
  const command = commands.get(name);
  if (command === undefined) throw new TypeError(`there is no command "${name}"`);
  const body = await readJson(request);
  if (typeof body !== "object" || body === null) throw new TypeError("send a JSON object");
  command(options.steering, new Map<string, unknown>(Object.entries(body)));
  return { ok: true };
}

async function handle(request: IncomingMessage, response: ServerResponse, options: ControlOptions): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const name = url.pathname.slice(1);
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  try {
    if (request.method === "POST") {
      reply(response, 200, await runCommand(name, request, options));
      return;
    }
    const view: View | undefined = views.get(name);
    if (view === undefined) throw new TypeError(`there is nothing at "${name}"`);
    const shown = await view({ ...options, query: url.searchParams, response, signal: gone.signal });
    if (shown !== undefined) reply(response, 200, shown);
  } catch (error) {
    if (!response.headersSent) reply(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** Opens the control server on 127.0.0.1. */
export async function openControl(options: ControlOptions): Promise<ControlServer> {
  const connections = new Connections();
  const server = createServer((request, response) => {
    void handle(request, response, options);
  });
  server.on("connection", (socket) => connections.track(socket));
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the control server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      connections.endAll();
      await closed;
    },
  };
}
