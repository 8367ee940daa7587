// One listening socket: from systemd or bound here. Each connection gets its error listener before anything else, its
// peer from the kernel, and a transaction.

import { lstatSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Door } from "./admission.ts";

/** pam.sock is root's; login.sock is everybody's, each for their own name. */
const SOCKET_MODE: Readonly<Record<Door, number>> = { pam: 0o600, login: 0o666 };
const BACKLOG = 511;

export type Place = { readonly fd: number } | { readonly path: string };

export interface Listener {
  readonly door: Door;
  /** Stops accepting; connections that are open go on. A socket that was bound here is removed. */
  close(): Promise<void>;
}

/** Resolves when connections are accepted; rejects when the socket cannot be had. */
export async function listen(
  door: Door,
  place: Place,
  onConnection: (socket: Socket) => void,
  onError: (error: Error) => void,
): Promise<Listener> {
  const server = createServer((socket) => {
    // A helper that left before accept makes the first write fail with EPIPE: without a listener that is a crash.
    socket.on("error", () => {});
    onConnection(socket);
  });
  await bind(server, place, SOCKET_MODE[door]);
  server.on("error", onError);
  return { door, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Lets `server` listen at `place`, with that mode for a socket that is made here. */
export async function bind(server: Server, place: Place, mode: number): Promise<void> {
  if ("path" in place) await removeStale(place.path);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // SECURITY: the mask is set before bind, so that the socket is never there with a wider mode.
    const mask = process.umask(0o777 & ~mode);
    try {
      server.listen({ ...place, backlog: BACKLOG }, () => {
        server.off("error", reject);
        resolve();
      });
    } finally {
      process.umask(mask);
    }
  });
}

/** Removes a socket file that a killed daemon left behind. Only a refused connection says that nobody listens on it. */
async function removeStale(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  if (!(await isAbandoned(path))) throw new Error(`another duogate is listening on ${path}: stop it first`);
  unlinkSync(path);
}

function isAbandoned(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(false);
    });
    // EAGAIN, for one, is a daemon with a full backlog.
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
}
