// Where a Unix socket listens, and with which queue: a descriptor of systemd's, or a file in runtime_dir, which is put in the
// place of one that a killed daemon left. It accepts nothing.

import { lstatSync, unlinkSync } from "node:fs";
import { connect, type Server } from "node:net";

/**
 * Connections that wait in the kernel, as Backlog= of the units says: systemd listens with it first, and we again. On pam.sock
 * a burst of logins waits there instead of meeting a full queue. net.core.somaxconn (4096) is the kernel's cap.
 */
export const BACKLOG = { pam: 2048, login: 512, control: 512 } as const;

/** From systemd, or to be made here. */
export type Place = { readonly fd: number } | { readonly path: string };

/** Lets `server` listen at `place`, with that mode for a socket that is made here. */
export async function bind(server: Server, place: Place, mode: number): Promise<void> {
  if ("path" in place) await removeStale(place.path);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // SECURITY: the mask is set before bind, so that the socket is never there with a wider mode.
    const mask = process.umask(0o777 & ~mode);
    try {
      listenOn(server, place, BACKLOG.control, () => {
        server.off("error", reject);
        resolve();
      });
    } finally {
      process.umask(mask);
    }
  });
}

/** Node takes `backlog` for a descriptor only as an argument of its own, and 511 where it is one of the options. */
export function listenOn(server: Server, place: Place, backlog: number, onListening: () => void): void {
  server.listen({ ...place }, backlog, onListening);
}

/** Removes a socket file that a killed daemon left behind. Only a refused connection says that nobody listens on it. */
export async function removeStale(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  if (!(await isAbandoned(path))) throw new Error(`another duogate is listening on ${path}: stop it first`);
  unlinkSync(path);
}

export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody was faster.
  }
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
