// Owns the failures that a native call can end in, as values, and the one place that puts a name to an errno.
// Must not hold secrets or memory contents: these values are logged. Used by every file in this folder and by its callers.

import { getSystemErrorName } from "node:util";

/** The native side is not usable on this machine at all. */
export type OpenFailure =
  | { readonly code: "unsupported-platform"; readonly platform: string; readonly arch: string }
  | { readonly code: "no-library"; readonly library: string; readonly detail: string };

/** A system call refused. `errno` is the kernel's number, `errnoName` its symbol ("EBADF"). */
export type SystemCallFailure = {
  readonly code: "system-call";
  readonly call: string;
  readonly errno: number;
  readonly errnoName: string;
};

/** The call succeeded, but there is no process at the other end: not connected, or not a Unix socket. */
export type NoPeerFailure = { readonly code: "no-peer" };

/** Builds the failure of one call from its error number (positive, as in errno.h). */
export function systemCallFailure(call: string, errno: number): SystemCallFailure {
  return { code: "system-call", call, errno, errnoName: errnoName(errno) };
}

/** One line for the log; never for a user. */
export function describeFailure(failure: OpenFailure | SystemCallFailure | NoPeerFailure): string {
  switch (failure.code) {
    case "unsupported-platform":
      return `duogate runs on Linux on x86_64 and aarch64, not on ${failure.platform}/${failure.arch}`;
    case "no-library":
      return `${failure.library} could not be loaded: ${failure.detail}`;
    case "system-call":
      return `${failure.call} failed with ${failure.errnoName}`;
    case "no-peer":
      return "the socket has no peer process: it must be a connected Unix stream socket";
  }
}

function errnoName(errno: number): string {
  // getSystemErrorName throws for anything that is not a negative integer, and a failing call may leave errno at 0.
  return Number.isInteger(errno) && errno > 0 ? getSystemErrorName(-errno) : `errno ${errno}`;
}
