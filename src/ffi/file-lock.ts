// Owns locking a file against other processes: flock(2), which Node does not have. The kernel gives the lock back when the last
// copy of the descriptor is closed, also by a crash, so that there is no stale lock. Used by the composition root.

import { err, ok, type Result } from "../core/result.ts";
import type { SystemCallFailure } from "./failure.ts";
import type { Libc } from "./libc.ts";
import { lastSystemCallFailure } from "./native.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;
/** Linux: somebody else has it. */
const EWOULDBLOCK = 11;

/** False where another process holds the lock. A child that is given the descriptor holds it as well. */
export function tryLock(libc: Libc, fd: number): Result<boolean, SystemCallFailure> {
  if (libc.flock.call(fd, LOCK_EX | LOCK_NB) === 0) return ok(true);
  const failure = lastSystemCallFailure("flock");
  return failure.errno === EWOULDBLOCK ? ok(false) : err(failure);
}
