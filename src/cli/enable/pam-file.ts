// A service's file as it lies in the folder of PAM files: its real path, its bytes, and whether it may be changed at all. Reads
// only. Called by enable.ts and disable.ts.

import { lstat, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { folderFault } from "../../config/folders.ts";
import { err, ok, type Result } from "../../core/result.ts";

export interface PamFile {
  /** Where the file itself is; a link inside the folder is followed. */
  readonly path: string;
  /** Set where the service's name is such a link. */
  readonly linkedFrom: string | undefined;
  /** Set where there is no file at `path` yet: the package's file that it becomes a copy of. */
  readonly copyOf: string | undefined;
  /** Every byte as one Latin-1 character, so that what is not changed stays the same whatever its encoding. */
  readonly text: string;
}

const MAX_BYTES = 1024 * 1024;

export async function readPamFile(folder: string, service: string): Promise<Result<PamFile, string>> {
  const name = join(folder, service);
  try {
    const link = (await lstat(name)).isSymbolicLink();
    const path = link ? await realpath(name) : name;
    if (dirname(path) !== (link ? await realpath(folder) : folder)) {
      return err(`${name} is a link to ${path}, which another program looks after: change it with that program`);
    }
    const fault = await folderFault(path);
    if (fault !== undefined) return err(`${fault.message}; ${fault.remedy}`);
    const found = await stat(path);
    if (!found.isFile() || found.size > MAX_BYTES) return err(`${path} is not a file that PAM would read`);
    const text = await readFile(path, "latin1");
    return ok({ path, linkedFrom: link ? name : undefined, copyOf: undefined, text });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return err(code === "ENOENT" ? `there is no ${name}` : `${name} cannot be read (${code})`);
  }
}

/** The file, or what would be a copy of a package's file: libpam prefers /etc/pam.d, and packages own theirs. */
export async function readOrCopy(
  folder: string,
  vendors: readonly string[],
  service: string,
): Promise<Result<PamFile, string>> {
  const own = await readPamFile(folder, service);
  if (own.ok || (await exists(join(folder, service)))) return own;
  for (const vendor of vendors) {
    if (!(await exists(join(vendor, service)))) continue;
    const found = await readPamFile(vendor, service);
    if (!found.ok) return found;
    const { path, text } = found.value;
    return ok({ path: join(folder, service), linkedFrom: undefined, copyOf: path, text });
  }
  return own;
}

async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}
