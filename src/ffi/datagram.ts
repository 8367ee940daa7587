// Owns sending one datagram to a Unix socket, which Node cannot do: dgram knows UDP only.
// Must not know what is in it. Called by notify.ts, and by cli/ for syslog.

import { err, ok, type Result } from "../core/result.ts";
import { allocate, type NativeBlock } from "./block.ts";
import type { SystemCallFailure } from "./failure.ts";
import { CONSTANT, LAYOUT, SUN_PATH_BYTES } from "./layout.ts";
import type { Libc } from "./libc.ts";
import { lastSystemCallFailure } from "./native.ts";

/** A filled sockaddr_un. `length` says how much of it counts, which for an abstract name is part of the name. */
export interface UnixAddress {
  readonly block: NativeBlock;
  readonly length: number;
}

const { sockaddr_un, timeval } = LAYOUT;
/** The receiver's queue may be full; the main thread waits for it this long at most. */
const SEND_TIMEOUT_S = 1n;

/**
 * The address of `name`: an absolute path, or "@" and an abstract name. Undefined for anything else and for what does
 * not fit sun_path. Source: unix(7), sd_notify(3).
 */
export function unixAddress(name: string): UnixAddress | undefined {
  const abstract = name.startsWith("@");
  const bytes = Buffer.from(name);
  const room = abstract ? SUN_PATH_BYTES : SUN_PATH_BYTES - 1;
  if (!(abstract || name.startsWith("/")) || bytes.length < 2 || bytes.length > room || bytes.includes(0)) {
    return undefined;
  }
  const block = allocate(sockaddr_un.size);
  block.bytes.writeUInt16LE(CONSTANT.AF_UNIX, sockaddr_un.sun_family);
  bytes.copy(block.bytes, sockaddr_un.sun_path);
  if (abstract) block.bytes[sockaddr_un.sun_path] = 0;
  // A path name counts its NUL; an abstract name has none, and any byte more would be another name.
  return { block, length: sockaddr_un.sun_path + bytes.length + (abstract ? 0 : 1) };
}

/**
 * Sends `payload` as one datagram. When the receiver's queue is full this waits for a second at most, or not at all
 * (`wait` false), and fails with EAGAIN.
 */
export function sendDatagram(
  libc: Libc,
  to: UnixAddress,
  payload: string,
  wait = true,
): Result<void, SystemCallFailure> {
  const fd = libc.socket.call(CONSTANT.AF_UNIX, CONSTANT.SOCK_DGRAM | CONSTANT.SOCK_CLOEXEC, 0);
  if (fd < 0) return err(lastSystemCallFailure("socket"));
  const sent = sendOn(libc, fd, to, payload, wait);
  libc.close.call(fd);
  return sent;
}

function sendOn(
  libc: Libc,
  fd: number,
  to: UnixAddress,
  payload: string,
  wait: boolean,
): Result<void, SystemCallFailure> {
  const limit = allocate(timeval.size);
  limit.bytes.writeBigInt64LE(SEND_TIMEOUT_S, timeval.tv_sec);
  if (libc.setsockopt.call(fd, CONSTANT.SOL_SOCKET, CONSTANT.SO_SNDTIMEO, limit, timeval.size) !== 0) {
    return err(lastSystemCallFailure("setsockopt(SO_SNDTIMEO)"));
  }
  const size = Buffer.byteLength(payload);
  const message = allocate(size);
  message.bytes.write(payload);
  const flags = CONSTANT.MSG_NOSIGNAL | (wait ? 0 : CONSTANT.MSG_DONTWAIT);
  const sent = libc.sendto.call(fd, message, size, flags, to.block, to.length);
  return sent < 0 ? err(lastSystemCallFailure("sendto")) : ok(undefined);
}
