// Owns the listening socket and the faults below HTTP: refused, reset, silent, a broken handshake.
// A plain listener stands in front of the HTTPS servers so that a connection can be spoilt before TLS begins.
// Called by emulator.ts.

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
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

interface PortHold {
  readonly port: number;
  release(): void;
}

function spoilConnect(fault: ConnectFault, socket: Socket): void {
  if (fault.kind === "reset") socket.resetAndDestroy();
  else socket.resume();
}

function spoilHandshake(fault: Exclude<TlsFault, { kind: "certificate" }>, socket: Socket): void {
  socket.once("data", () => {
    if (fault.kind === "reset") socket.resetAndDestroy();
    else if (fault.kind === "close") socket.destroy();
    else if (fault.kind === "alert") socket.write(Buffer.from([21, 3, 3, 0, 2, 2, fault.alert]));
    else if (fault.kind === "garbage") socket.write(fault.text);
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

/**
 * Holds a port while nobody listens on it, so that no other process is given it: a connection within this process that
 * starts there. libuv binds with SO_REUSEADDR, by which a listener can be opened and closed beside it any number of times.
 */
async function holdPort(port: number, host: string): Promise<PortHold> {
  const keeper = createServer();
  keeper.listen(0, host);
  await once(keeper, "listening");
  const accepted = once(keeper, "connection") as Promise<[Socket]>;
  const near = connect({ host, port: portOf(keeper), localAddress: host, localPort: port });
  // An address that cannot be had says so here.
  await once(near, "connect");
  const [far] = await accepted;
  keeper.close();
  for (const socket of [near, far]) socket.on("error", () => undefined);
  return {
    port: near.localPort ?? 0,
    release() {
      // A reset leaves no TIME_WAIT behind.
      near.resetAndDestroy();
      far.destroy();
    },
  };
}

/** Opens the listener; rejects if the address cannot be had. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { connections, host } = options;
  const { port, release } = await holdPort(options.port, host);
  const server = createServer({ noDelay: true }, (socket) => welcome(socket, options));
  let refusing = false;
  let opening = false;
  /** What is wanted may change while listen() is under way: it is looked at again when that has come to its end. */
  const settle = (): void => {
    if (opening || refusing === !server.listening) return;
    if (refusing) {
      server.close();
      connections.endAll();
      return;
    }
    opening = true;
    server.listen(port, host, () => {
      opening = false;
      settle();
    });
  };
  settle();
  await once(server, "listening");
  return {
    port,
    setRefusing(wanted) {
      refusing = wanted;
      settle();
    },
    async close() {
      if (opening) await once(server, "listening");
      refusing = true;
      const closed = server.listening ? once(server, "close") : undefined;
      settle();
      connections.endAll();
      await closed;
      while (connections.open > 0) await new Promise((resolve) => setImmediate(resolve));
      release();
    },
  };
}
