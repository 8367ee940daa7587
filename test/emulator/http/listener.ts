// Owns the listening socket and the faults below HTTP: refused, reset, silent, a broken handshake.
// A plain listener stands in front of the HTTPS servers so that a connection can be spoilt before TLS begins.
// Called by emulator.ts.

import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { ConnectFault, TlsFault } from "../faults/fault.ts";
import type { FaultPlan } from "../faults/plan.ts";
import type { Connections } from "./connections.ts";
import type { Serve } from "./https-servers.ts";

/** What a listener needs. */
export interface ListenerOptions {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  readonly connections: Connections;
  readonly faults: FaultPlan;
  readonly serve: Serve;
}

/** An open listener. */
export interface Listener {
  readonly port: number;
  /** Refuses connections and ends those that are open, or listens again on the same port. */
  setRefusing(refusing: boolean): void;
  /** Ends every socket and resolves when all are closed. */
  close(): Promise<void>;
}

function spoilConnect(fault: ConnectFault, socket: Socket): void {
  if (fault.kind === "reset") socket.resetAndDestroy();
  else socket.resume();
}

function spoilHandshake(fault: Exclude<TlsFault, { kind: "certificate" }>, socket: Socket): void {
  socket.once("data", () => {
    if (fault.kind === "reset") socket.resetAndDestroy();
    else if (fault.kind === "close") socket.destroy();
  });
}

function welcome(socket: Socket, { connections, faults, serve }: ListenerOptions): void {
  connections.accept(socket);
  const connectFault = faults.forConnect();
  if (connectFault !== undefined) {
    spoilConnect(connectFault, socket);
    return;
  }
  const tlsFault = faults.forTls();
  if (tlsFault === undefined) serve("good", socket);
  else if (tlsFault.kind === "certificate") serve(tlsFault.certificate, socket);
  else spoilHandshake(tlsFault, socket);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the listener has no port");
  return address.port;
}

/** Opens the listener; rejects if the address cannot be had. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { connections, host } = options;
  const server = createServer({ noDelay: true }, (socket) => welcome(socket, options));
  server.listen(options.port, host);
  await once(server, "listening");
  const port = portOf(server);
  return {
    port,
    setRefusing(refusing) {
      if (refusing === !server.listening) return;
      if (!refusing) {
        server.listen(port, host);
        return;
      }
      server.close();
      connections.endAll();
    },
    async close() {
      const closed = new Promise<void>((resolve) => {
        // An error only says that a refusing listener is closed already.
        server.close(() => resolve());
      });
      connections.endAll();
      await closed;
      while (connections.open > 0) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
