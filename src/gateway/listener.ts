// One listening socket: from systemd or bound here. Each connection gets its error listener before anything else. It can stop
// accepting for a while: connections then wait in the kernel's queue, and are neither refused nor closed.

import { createServer, type Server, type Socket } from "node:net";
import type { Result } from "../core/result.ts";
import type { Door } from "./admission.ts";
import { BACKLOG, listenOn, type Place, removeFile, removeStale } from "./socket-place.ts";

/** pam.sock is root's; login.sock is everybody's, each for their own name. */
const SOCKET_MODE: Readonly<Record<Door, number>> = { pam: 0o600, login: 0o666 };
/** What Node cannot do: the failures are sentences. */
export interface ListeningSockets {
  bind(path: string): Result<number, string>;
  duplicate(fd: number): Result<number, string>;
  close(fd: number): void;
}

export interface ListenerParts {
  readonly door: Door;
  readonly sockets: ListeningSockets;
  readonly onConnection: (socket: Socket) => void;
  readonly onError: (error: Error) => void;
}

export class Listener {
  readonly #parts: ListenerParts;
  readonly #fd: number;
  /** Of a socket that was bound here. */
  readonly #path: string | undefined;
  /** Undefined while nothing is accepted. */
  #server: Server | undefined;
  #closed = false;

  private constructor(parts: ListenerParts, fd: number, path: string | undefined) {
    this.#parts = parts;
    this.#fd = fd;
    this.#path = path;
  }

  get door(): Door {
    return this.#parts.door;
  }

  /** Resolves when connections are accepted; rejects when the socket cannot be had. */
  static async open(place: Place, parts: ListenerParts): Promise<Listener> {
    const { door, sockets } = parts;
    const listener = "fd" in place ? new Listener(parts, place.fd, undefined) : await Listener.#bind(place.path, parts);
    const failed = (error: Error) => {
      sockets.close(listener.#fd);
      throw new Error(`${door}.sock: ${error.message}`);
    };
    await new Promise<void>((resolve, reject) => listener.#start(resolve, reject)).catch(failed);
    return listener;
  }

  static async #bind(path: string, parts: ListenerParts): Promise<Listener> {
    await removeStale(path);
    // SECURITY: the mask is set before bind, so that the socket is never there with a wider mode.
    const mask = process.umask(0o777 & ~SOCKET_MODE[parts.door]);
    try {
      const bound = parts.sockets.bind(path);
      if (!bound.ok) throw new Error(`${path} cannot be bound: ${bound.error}`);
      return new Listener(parts, bound.value, path);
    } finally {
      process.umask(mask);
    }
  }

  /** Accepts nothing from now on, from within a connection's event too. */
  pause(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  /** Accepts again, first what has waited. After close() it does nothing. */
  resume(): void {
    if (this.#server === undefined && !this.#closed) this.#start(() => undefined, this.#parts.onError);
  }

  /** Stops accepting for good; connections that are open go on. A socket that was bound here is removed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.pause();
    this.#parts.sockets.close(this.#fd);
    if (this.#path !== undefined) removeFile(this.#path);
  }

  /** net.Server closes the descriptor that it was given, so that it gets a copy: the socket itself stays and keeps its queue. */
  #start(onListening: () => void, onFailure: (error: Error) => void): void {
    const { door, sockets, onConnection, onError } = this.#parts;
    const copy = sockets.duplicate(this.#fd);
    if (!copy.ok) {
      onFailure(new Error(copy.error));
      return;
    }
    const server = createServer((socket) => {
      // A helper that left before accept makes the first write fail with EPIPE: without a listener that is a crash.
      socket.on("error", () => {});
      onConnection(socket);
    });
    server.once("error", onFailure);
    this.#server = server;
    listenOn(server, { fd: copy.value }, BACKLOG[door], () => {
      server.off("error", onFailure);
      server.on("error", onError);
      onListening();
    });
  }
}
