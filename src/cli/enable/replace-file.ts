// Puts new bytes in the place of a PAM file: all of them or none, at every moment, with mode, owner, access list and security
// label of the file that stands model. Called by change.ts and put-back.ts, under the lock.

import { execFile } from "node:child_process";
import { open, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { err, ok, type Result } from "../../core/result.ts";

const run = promisify(execFile);

/** The lock gives one draft of a service at a time, so that a name that a crash left is ours to reuse. */
export function draftPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.duogate-new`);
}

export interface Replacement {
  readonly path: string;
  /** A file whose mode, owner and labels the new one gets. */
  readonly like: string;
  /** Undefined: those of `like`, with its times too. */
  readonly bytes: Buffer | undefined;
}

/** Writes beside the file, syncs, renames. Err: one sentence, and the file is as it was. */
export async function replaceFile({ path, like, bytes }: Replacement): Promise<Result<void, string>> {
  const draft = draftPath(path);
  // A copy of a file of another folder gets the label that files of this folder have.
  const kept = dirname(like) === dirname(path) || bytes === undefined ? "all" : "mode,ownership";
  try {
    // Node cannot copy labels and access lists; cp(1) can. The folder is root's alone, so nobody else is at the name.
    await run("cp", [`--preserve=${kept}`, "--remove-destination", "--no-target-directory", "--", like, draft]);
    const handle = await open(draft, "r+");
    try {
      if (bytes !== undefined) {
        await handle.truncate(0);
        await handle.write(bytes, 0, bytes.length, 0);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    const model = await stat(like);
    const made = await stat(draft);
    if (
      made.mode !== model.mode ||
      made.uid !== model.uid ||
      made.gid !== model.gid ||
      made.size !== (bytes?.length ?? model.size)
    ) {
      throw new Error("the new file did not get the mode, the owner or the bytes that it should have");
    }
    await rename(draft, path);
    await syncFolder(dirname(path));
    return ok(undefined);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    return err(`${path} could not be replaced: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A rename is on the disk when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
