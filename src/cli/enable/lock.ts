// One change of a service at a time. The lock is the kernel's: it ends with the last process that holds the descriptor, which
// the watcher does too.

import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result } from "../../core/result.ts";
import { describeFailure } from "../../ffi/failure.ts";
import { tryLock } from "../../ffi/file-lock.ts";
import type { Libc } from "../../ffi/libc.ts";

export interface Lock {
  /** For the watcher to inherit. */
  readonly fd: number;
  release(): Promise<void>;
}

/** Err: one sentence. `folder` is root's alone. */
export async function lockService(libc: Libc, folder: string, service: string): Promise<Result<Lock, string>> {
  let handle: FileHandle;
  try {
    handle = await open(join(folder, `${service}.lock`), "a", 0o600);
  } catch (error) {
    return err(`the lock cannot be opened: ${error instanceof Error ? error.message : String(error)}`);
  }
  const locked = tryLock(libc, handle.fd);
  if (locked.ok && locked.value) return ok({ fd: handle.fd, release: () => handle.close() });
  await handle.close();
  if (!locked.ok) return err(describeFailure(locked.error));
  return err(`another duogate enable or disable of ${service} is under way: wait for its end`);
}
