// Owns the answer to "who is at the other end of this Unix socket", as the kernel recorded it.
// Must not decide whether that peer may do anything. Called by gateway/ for every connection, before a byte is read.

import type { Socket } from "node:net";
import { err, ok, type Result } from "../core/result.ts";
import { allocate } from "./block.ts";
import type { NoPeerFailure, SystemCallFailure } from "./failure.ts";
import { CONSTANT, LAYOUT, WIDTH } from "./layout.ts";
import type { Libc } from "./libc.ts";
import { lastSystemCallFailure } from "./native.ts";

/** pid is 0 when the peer lives outside this process's pid namespace; uid and gid are the effective ids at connect. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

export type FfiFailure = SystemCallFailure | NoPeerFailure;

/** A reader of peer credentials: synchronous, no allocation beyond its result. */
export type ReadPeerCredentials = (fd: number) => Result<PeerCredentials, FfiFailure>;

const NO_ID = 0xffff_ffff;

/**
 * Makes a reader over one reused buffer. The reader gives `system-call` for what is no socket (EBADF, ENOTSOCK), and
 * `no-peer` for a socket without a peer process: listening, unconnected, or not a Unix socket.
 * Source: unix(7), SO_PEERCRED.
 */
export function createPeerCredentials(libc: Libc): ReadPeerCredentials {
  const ucred = allocate(LAYOUT.ucred.size);
  const length = allocate(WIDTH.socklen_t);
  return (fd) => {
    // SECURITY: -1 in every byte first, so that a kernel that wrote nothing can never look like uid 0.
    ucred.bytes.fill(0xff);
    length.bytes.writeUInt32LE(LAYOUT.ucred.size);
    const status = libc.getsockopt.call(fd, CONSTANT.SOL_SOCKET, CONSTANT.SO_PEERCRED, ucred, length);
    if (status !== 0) return err(lastSystemCallFailure("getsockopt(SO_PEERCRED)"));
    const uid = ucred.bytes.readUInt32LE(LAYOUT.ucred.uid);
    const gid = ucred.bytes.readUInt32LE(LAYOUT.ucred.gid);
    // The kernel answers (0, -1, -1) for sockets that record no peer; -1 is nobody's id.
    if (length.bytes.readUInt32LE() !== LAYOUT.ucred.size || uid === NO_ID || gid === NO_ID) {
      return err({ code: "no-peer" });
    }
    return ok({ pid: ucred.bytes.readInt32LE(LAYOUT.ucred.pid), uid, gid });
  };
}

/**
 * The descriptor of a Node socket, or undefined once it is closed or when this Node does not show it. Node has no
 * public way to get it; `_handle.fd` has been there since before Node 20. Undefined must be treated as "peer unknown".
 */
export function socketFd(socket: Socket): number | undefined {
  const handle: unknown = Reflect.get(socket, "_handle");
  if (typeof handle !== "object" || handle === null) return undefined;
  const fd: unknown = Reflect.get(handle, "fd");
  return typeof fd === "number" && Number.isInteger(fd) && fd >= 0 ? fd : undefined;
}
