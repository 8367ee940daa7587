// A proxy on loopback that leads every CONNECT to one emulator, for clients that insist on port 443 and sign the host name
// as they were given it. The client and its TLS stay as they are; only its connection ends elsewhere.

import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";

/** An open proxy. */
export interface ConnectProxy {
  /** `http://127.0.0.1:PORT`, for `https_proxy`. */
  readonly url: string;
  /** What the clients asked for, `name:port`, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Opens a proxy to `127.0.0.1:port`. */
export async function openConnectProxy(port: number): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const track = (socket: Socket): void => {
    sockets.add(socket);
    // Either side may leave when it likes; the other one is told by the close.
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on("connection", track);
  server.on("connect", (request, socket: Socket) => {
    asked.push(request.url ?? "");
    const upstream = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(upstream).pipe(socket);
    });
    track(upstream);
    upstream.on("close", () => socket.destroy());
    socket.on("close", () => upstream.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
