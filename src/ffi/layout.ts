// Owns what the C headers say: sizes, offsets and constants for Linux on LP64 little-endian machines.
// Must not be guessed at or extended without test/support/ffi-layout.c, which asks the C compiler for the same numbers.
// Read by every file here that fills or reads a C structure.

import { err, ok, type Result } from "../core/result.ts";
import type { OpenFailure } from "./failure.ts";

/** Every C structure in use: its size, then the offset of each member in bytes. */
export const LAYOUT = {
  ucred: { size: 12, pid: 0, uid: 4, gid: 8 },
  passwd: { size: 48, pw_name: 0, pw_uid: 16, pw_gid: 20, pw_gecos: 24, pw_dir: 32, pw_shell: 40 },
  group: { size: 32, gr_name: 0, gr_gid: 16 },
  sockaddr_un: { size: 110, sun_family: 0, sun_path: 2 },
  timeval: { size: 16, tv_sec: 0, tv_usec: 8 },
  rlimit: { size: 16, rlim_cur: 0, rlim_max: 8 },
  pam_message: { size: 16, msg_style: 0, msg: 8 },
  pam_response: { size: 16, resp: 0, resp_retcode: 8 },
  pam_conv: { size: 16, conv: 0, appdata_ptr: 8 },
} as const;

/** The width of a scalar that is passed by address. */
export const WIDTH = { pointer: 8, int: 4, gid_t: 4, socklen_t: 4 } as const;

/** sun_path takes this many bytes; a path name needs one of them for its NUL. */
export const SUN_PATH_BYTES = LAYOUT.sockaddr_un.size - LAYOUT.sockaddr_un.sun_path;

export const CONSTANT = {
  AF_UNIX: 1,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_CLOEXEC: 0o2000000,
  SOL_SOCKET: 1,
  SO_PEERCRED: 17,
  SO_SNDTIMEO: 21,
  MSG_DONTWAIT: 0x40,
  MSG_NOSIGNAL: 0x4000,
  PR_SET_DUMPABLE: 4,
  RLIMIT_CORE: 4,
  F_DUPFD_CLOEXEC: 1030,
  ERANGE: 34,
} as const;

/**
 * The tables above hold for one family of machines. SO_PEERCRED, for one, has another number on MIPS, SPARC and POWER,
 * and a wrong number would read some other socket option as a user id.
 */
export function checkPlatform(platform: string, arch: string): Result<void, OpenFailure> {
  const known = platform === "linux" && (arch === "x64" || arch === "arm64");
  return known ? ok(undefined) : err({ code: "unsupported-platform", platform, arch });
}
