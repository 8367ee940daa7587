// A change that nobody has confirmed yet, as it lies on the disk: the file as it was, and a note of what was written. It outlives
// every process, so that whoever comes next can put the file back. Under the service's lock only.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { folderFault } from "../../config/folders.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { syncFolder } from "./replace-file.ts";

const run = promisify(execFile);

/** Where changes are kept: root's alone. A package's purge removes it. */
export const STATE_FOLDER = "/var/lib/duogate/enable";

export interface Pending {
  readonly service: string;
  readonly path: string;
  /** SHA-256 of what the file became. */
  readonly written: string;
  /** Before, there was no such file, or afterwards there is none: what was kept is this one. */
  readonly copyOf?: string | undefined;
}

export function backupPath(folder: string, service: string): string {
  return join(folder, `${service}.before`);
}

function notePath(folder: string, service: string): string {
  return join(folder, `${service}.pending`);
}

export function digest(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The folder, made where it is not there. Err: somebody else could write in it, or it cannot be made. */
export async function openStateFolder(folder: string): Promise<Result<void, string>> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    return err(`${folder} cannot be made (${error instanceof Error ? error.message : String(error)})`);
  }
  const fault = await folderFault(join(folder, "any"));
  return fault === undefined ? ok(undefined) : err(`${fault.message}; ${fault.remedy}`);
}

/** Keeps the file as it is now, then notes what is about to be written. Both are on the disk when this returns. */
export async function begin(folder: string, pending: Pending): Promise<Result<void, string>> {
  const backup = backupPath(folder, pending.service);
  try {
    await run("cp", [
      "--preserve=all",
      "--remove-destination",
      "--no-target-directory",
      "--",
      pending.copyOf ?? pending.path,
      backup,
    ]);
    await syncFile(backup);
    const note = notePath(folder, pending.service);
    const draft = `${note}.new`;
    const handle = await open(draft, "w", 0o600);
    try {
      await handle.writeFile(JSON.stringify(pending));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, note);
    await syncFolder(folder);
    return ok(undefined);
  } catch (error) {
    return err(`the backup could not be made: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whether what was kept is what the change was made from. */
export async function isKept(folder: string, service: string, latin1: string): Promise<boolean> {
  return (await readFile(backupPath(folder, service))).equals(Buffer.from(latin1, "latin1"));
}

/** The change is confirmed, or undone: nobody puts anything back any more. The backup stays, for people. */
export async function finish(folder: string, service: string): Promise<void> {
  await unlink(notePath(folder, service)).catch(() => undefined);
  await syncFolder(folder);
}

/** Undefined where no change waits. A note that cannot be read is a change that waits: it throws. */
export async function readPending(folder: string, service: string): Promise<Pending | undefined> {
  let text: string;
  try {
    text = await readFile(notePath(folder, service), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const note: unknown = JSON.parse(text);
  if (typeof note !== "object" || note === null) throw new Error("the note of a change is not what was written");
  const { path, written, copyOf } = Object.fromEntries(Object.entries(note));
  if (typeof path !== "string" || typeof written !== "string") throw new Error("the note of a change is incomplete");
  return { service, path, written, copyOf: typeof copyOf === "string" ? copyOf : undefined };
}

/** Services with a change that waits. */
export async function pendingServices(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => (name.endsWith(".pending") ? [name.slice(0, -".pending".length)] : []));
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
