// Owns the list of libc functions that duogate calls, opened once by the composition root and passed down.
// Must not interpret results: each caller in this folder knows what its function returns.

import type { Result } from "../core/result.ts";
import { allocate } from "./block.ts";
import type { OpenFailure } from "./failure.ts";
import { checkPlatform } from "./layout.ts";
import { type Bound, openLibrary } from "./native.ts";

const SIGNATURES = {
  memcpy: ["address", ["address", "address", "size"]],
  strnlen: ["size", ["address", "size"]],
  calloc: ["address", ["size", "size"]],
  free: ["void", ["address"]],

  getsockopt: ["int", ["int", "int", "int", "address", "address"]],
  setsockopt: ["int", ["int", "int", "int", "address", "uint"]],
  socket: ["int", ["int", "int", "int"]],
  sendto: ["long", ["int", "address", "size", "int", "address", "uint"]],
  close: ["int", ["int"]],
  bind: ["int", ["int", "address", "uint"]],
  flock: ["int", ["int", "int"]],
  // Variadic in C; on both supported machines integers travel as in an ordinary call.
  prctl: ["int", ["int", "size", "size", "size", "size"]],
  fcntl: ["int", ["int", "int", "size"]],
  setrlimit: ["int", ["int", "address"]],
  _exit: ["void", ["int"]],

  getpwnam_r: ["int", ["address", "address", "address", "size", "address"]],
  getpwuid_r: ["int", ["uint", "address", "address", "size", "address"]],
  getgrgid_r: ["int", ["uint", "address", "address", "size", "address"]],
  getgrnam_r: ["int", ["address", "address", "address", "size", "address"]],
  getgrouplist: ["int", ["address", "uint", "address", "address"]],
} as const;

/** The bound functions. Obtain one with {@link openLibc}; there is no other state behind it. */
export type Libc = Bound<typeof SIGNATURES>;

/** Binds libc for this machine, or says why that cannot be. Call it once and pass the handle down. */
export function openLibc(platform: string = process.platform, arch: string = process.arch): Result<Libc, OpenFailure> {
  const supported = checkPlatform(platform, arch);
  return supported.ok ? openLibrary(null, SIGNATURES) : supported;
}

/** A copy of `length` bytes of foreign memory. The caller answers for the address. */
export function readBytes(libc: Libc, address: number, length: number): Buffer {
  const copy = allocate(length);
  libc.memcpy.call(copy, address, length);
  return copy.bytes;
}

/** A copy of the NUL-terminated string at `address`, or undefined for NULL or when no NUL comes within `limit` bytes. */
export function readString(libc: Libc, address: number, limit: number): Buffer | undefined {
  if (address === 0) return undefined;
  const length = libc.strnlen.call(address, limit);
  return length < limit ? readBytes(libc, address, length) : undefined;
}
