// Owns the few things only libc can do to this process: forbid core dumps, and leave without waiting for threads.
// Must not be called by anything but the composition root.

import { err, ok, type Result } from "../core/result.ts";
import { allocate } from "./block.ts";
import type { SystemCallFailure } from "./failure.ts";
import { CONSTANT, LAYOUT } from "./layout.ts";
import type { Libc } from "./libc.ts";
import { lastSystemCallFailure } from "./native.ts";

/**
 * Keeps the secret key out of core dumps and out of reach of ptrace by the same user: PR_SET_DUMPABLE 0 and a core
 * limit of zero, for good. Source: prctl(2), setrlimit(2). On failure the caller must not go on to read secrets.
 */
export function disableCoreDumps(libc: Libc): Result<void, SystemCallFailure> {
  const limit = allocate(LAYOUT.rlimit.size);
  if (libc.setrlimit.call(CONSTANT.RLIMIT_CORE, limit) !== 0)
    return err(lastSystemCallFailure("setrlimit(RLIMIT_CORE)"));
  if (libc.prctl.call(CONSTANT.PR_SET_DUMPABLE, 0, 0, 0, 0) !== 0)
    return err(lastSystemCallFailure("prctl(PR_SET_DUMPABLE)"));
  return ok(undefined);
}

/**
 * Ends the process at once. process.exit() joins libuv's worker threads, so one look-up that hangs in NSS would hold
 * the exit until the service manager kills it. No exit handler runs and nothing is flushed: last resort of shutdown.
 */
export function exitImmediately(libc: Libc, status: number): void {
  libc._exit.call(status);
}
