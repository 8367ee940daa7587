// Owns what Node cannot do with a listening Unix socket: bind one that stays when its server is closed, and copy one.
// Must not listen or accept: net.Server does, on a copy.

import { err, ok, type Result } from "../core/result.ts";
import { unixAddress } from "./datagram.ts";
import type { SystemCallFailure } from "./failure.ts";
import { CONSTANT } from "./layout.ts";
import type { Libc } from "./libc.ts";
import { lastSystemCallFailure } from "./native.ts";

export type BindFailure = SystemCallFailure | { readonly code: "no-address" };

/** A descriptor of a stream socket bound at `path`, an absolute path, with the mode that umask leaves of 0777. Source: bind(2). */
export function bindUnixSocket(libc: Libc, path: string): Result<number, BindFailure> {
  const address = path.startsWith("/") ? unixAddress(path) : undefined;
  if (address === undefined) return err({ code: "no-address" });
  const fd = libc.socket.call(CONSTANT.AF_UNIX, CONSTANT.SOCK_STREAM | CONSTANT.SOCK_CLOEXEC, 0);
  if (fd < 0) return err(lastSystemCallFailure("socket"));
  if (libc.bind.call(fd, address.block, address.length) === 0) return ok(fd);
  const failure = lastSystemCallFailure("bind");
  libc.close.call(fd);
  return err(failure);
}

/** Another descriptor of the same socket, closed on exec. Source: fcntl(2), F_DUPFD_CLOEXEC. */
export function duplicate(libc: Libc, fd: number): Result<number, SystemCallFailure> {
  const copy = libc.fcntl.call(fd, CONSTANT.F_DUPFD_CLOEXEC, 0);
  return copy < 0 ? err(lastSystemCallFailure("fcntl(F_DUPFD_CLOEXEC)")) : ok(copy);
}
