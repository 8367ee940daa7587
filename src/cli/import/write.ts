// Puts the new duogate.conf in its place: complete or not at all, with mode 0600, and never over a file that has no second
// name. Called by import.ts with --write.

import { constants } from "node:fs";
import { link, lstat, open, rename, unlink } from "node:fs/promises";
import { folderFault } from "../../config/folders.ts";
import { err, ok, type Result } from "../../core/result.ts";

export interface Written {
  /** Where the file that was there is now. */
  readonly backup: string | undefined;
}

const BACKUPS_MAX = 100;

/** Writes `text` to `path`, an absolute path in a folder that only root can write; or one sentence that says why not. */
export async function writeConfigFile(path: string, text: string): Promise<Result<Written, string>> {
  const fault = await folderFault(path);
  if (fault) return err(`${fault.message}; ${fault.remedy}`);
  const draft = `${path}.new`;
  try {
    // O_EXCL: a draft that somebody else began, or that a crash left, is not ours to overwrite.
    const handle = await open(
      draft,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    );
    try {
      await handle.chmod(0o600);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    return err(`${draft} cannot be written (${codeOf(error)})`);
  }
  const backup = await keepOld(path);
  if (!backup.ok) {
    await unlink(draft);
    return backup;
  }
  try {
    await rename(draft, path);
    return ok({ backup: backup.value });
  } catch (error) {
    return err(`${path} cannot be written (${codeOf(error)}); the text is in ${draft}`);
  }
}

/** Gives the file that is there a second name, which link(2) does only where that name is free. */
async function keepOld(path: string): Promise<Result<string | undefined, string>> {
  try {
    if (!(await lstat(path)).isFile()) return err(`${path} is no regular file: move it away first`);
  } catch (error) {
    return codeOf(error) === "ENOENT" ? ok(undefined) : err(`${path} cannot be looked at (${codeOf(error)})`);
  }
  for (let number = 1; number <= BACKUPS_MAX; number += 1) {
    const backup = `${path}.before-import-${number}`;
    try {
      await link(path, backup);
      return ok(backup);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") return err(`${backup} cannot be made (${codeOf(error)})`);
    }
  }
  return err(`there are ${BACKUPS_MAX} backups of ${path} already: remove some`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
