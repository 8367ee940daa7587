// Owns the list of open connections: their numbers, and the end of all of them.
// A TCP socket and the TLS socket on top of it are told together by the client's port, unique while the connection lives.

import type { Socket } from "node:net";

/** The connections of one listener. */
export class Connections {
  readonly #byPort = new Map<number, { readonly number: number; readonly tcp: Socket }>();
  readonly #sockets = new Set<Socket>();
  #accepted = 0;

  /** Takes a new TCP connection in and numbers it, from 1. */
  accept(socket: Socket): void {
    this.#accepted += 1;
    const port = socket.remotePort;
    // A peer that has gone already has no port; its socket still has to be closed.
    if (port !== undefined) {
      this.#byPort.set(port, { number: this.#accepted, tcp: socket });
      socket.on("close", () => this.#byPort.delete(port));
    }
    this.track(socket);
  }

  /** Counts a socket among those that endAll ends. A reset by the client is no error here. */
  track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.#sockets.delete(socket));
  }

  /** The number of the connection a socket belongs to, TCP or TLS; 0 if it is closed. */
  numberOf(socket: Socket): number {
    return this.#byPort.get(socket.remotePort ?? 0)?.number ?? 0;
  }

  /** Sends a TCP reset; a TLS socket cannot do that itself. */
  reset(socket: Socket): void {
    this.#byPort.get(socket.remotePort ?? 0)?.tcp.resetAndDestroy();
  }

  /** Connections accepted so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Sockets that are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  endAll(): void {
    for (const socket of [...this.#sockets]) socket.destroy();
  }
}
