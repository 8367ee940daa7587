// A server in Duo's place that answers with whatever bytes a test gives it: through real TLS after the handshake, or before
// TLS on the bare connection. It counts the requests and connections that it saw.

import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";

export interface ScriptedDuo {
  readonly port: number;
  /** The first line of each request, "POST /auth/v2/auth HTTP/1.1". */
  readonly requests: readonly string[];
  readonly connections: number;
  /** Hears of each connection below TLS. */
  onSocket(hear: (socket: Socket) => void): void;
  close(): Promise<void>;
}

/** Called with each request that is whole, and its number from 1. `answer` writes what it wants. */
export type Answer = (socket: TLSSocket, line: string, number: number) => void;

/** A TLS server with this identity, and these bytes instead of HTTP. */
export async function startScriptedDuo(options: TlsOptions, answer: Answer): Promise<ScriptedDuo> {
  const requests: string[] = [];
  const server = createTlsServer({ ALPNProtocols: ["http/1.1"], ...options }, (socket) => {
    let head = "";
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      head += bytes.toString("latin1");
      const request = wholeRequest(head);
      if (request === undefined) return;
      head = "";
      requests.push(request);
      answer(socket, request, requests.length);
    });
  });
  server.on("tlsClientError", () => undefined);
  return await listening(server, requests);
}

/** A TCP server without any TLS: `meet` gets each connection, as it is. */
export async function startScriptedTcp(meet: (socket: Socket) => void): Promise<ScriptedDuo> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    meet(socket);
  });
  return await listening(server, []);
}

async function listening(server: Server, requests: readonly string[]): Promise<ScriptedDuo> {
  const open = new Set<Socket>();
  const counts = { connections: 0 };
  server.on("connection", (socket: Socket) => {
    counts.connections += 1;
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    port: address.port,
    requests,
    get connections() {
      return counts.connections;
    },
    onSocket: (hear) => server.on("connection", hear),
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** The first line, once head and body are there. */
function wholeRequest(text: string): string | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, end))?.[1] ?? 0);
  return text.length >= end + 4 + length ? text.slice(0, text.indexOf("\r\n")) : undefined;
}
