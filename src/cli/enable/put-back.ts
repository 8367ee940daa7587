// Puts a PAM file back as it was before an unconfirmed change. It may be called again and again, after any crash, and it never
// overwrites what somebody else wrote meanwhile. Called by the watcher, and by whoever finds a change that waits.

import { readFile, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { withoutPairs } from "./pair.ts";
import { backupPath, digest, finish, readPending } from "./pending.ts";
import { draftPath, replaceFile, syncFolder } from "./replace-file.ts";

export type PutBack =
  | { readonly kind: "nothing-waits" }
  /** The file is byte for byte what it was. */
  | { readonly kind: "put-back"; readonly path: string }
  /** Somebody had changed the file as well: our two lines were taken out, and the rest was left. */
  | { readonly kind: "taken-out"; readonly path: string }
  /** There is no such file, as before: the package's own counts. */
  | { readonly kind: "removed"; readonly path: string }
  | { readonly kind: "failed"; readonly detail: string };

export async function putBack(folder: string, service: string): Promise<PutBack> {
  try {
    return await attempt(folder, service);
  } catch (error) {
    return { kind: "failed", detail: error instanceof Error ? error.message : String(error) };
  }
}

async function attempt(folder: string, service: string): Promise<PutBack> {
  const pending = await readPending(folder, service);
  if (pending === undefined) return { kind: "nothing-waits" };
  const { path, written, copyOf } = pending;
  const backup = backupPath(folder, service);
  await unlink(draftPath(path)).catch(() => undefined);
  if (copyOf !== undefined) return await removeCopy(folder, service, path, written);
  const [before, now] = await Promise.all([readFile(backup), readFile(path)]);
  if (now.equals(before)) return await done(folder, service, { kind: "put-back", path });
  if (digest(now) === written) {
    const replaced = await replaceFile({ path, like: backup, bytes: undefined });
    if (!replaced.ok) return { kind: "failed", detail: replaced.error };
    return await done(folder, service, { kind: "put-back", path });
  }
  const bytes = Buffer.from(withoutPairs(now.toString("latin1")), "latin1");
  const replaced = await replaceFile({ path, like: path, bytes });
  if (!replaced.ok) return { kind: "failed", detail: replaced.error };
  return await done(folder, service, { kind: "taken-out", path });
}

/** The file that was made, away again, unless somebody else has made it their own. */
async function removeCopy(folder: string, service: string, path: string, written: string): Promise<PutBack> {
  const now = await readFile(path).catch(() => undefined);
  if (now !== undefined && digest(now) !== written) {
    const bytes = Buffer.from(withoutPairs(now.toString("latin1")), "latin1");
    const replaced = await replaceFile({ path, like: path, bytes });
    if (!replaced.ok) return { kind: "failed", detail: replaced.error };
    return await done(folder, service, { kind: "taken-out", path });
  }
  if (now !== undefined) await unlink(path);
  await syncFolder(dirname(path));
  return await done(folder, service, { kind: "removed", path });
}

async function done(folder: string, service: string, outcome: PutBack): Promise<PutBack> {
  await finish(folder, service);
  return outcome;
}

/** For people. */
export function putBackText(outcome: PutBack, folder: string, service: string): string {
  switch (outcome.kind) {
    case "nothing-waits":
      return "Nothing was changed.";
    case "put-back":
      return `${outcome.path} is as it was.`;
    case "removed":
      return `${outcome.path} is gone again, as it was.`;
    case "taken-out":
      return `${outcome.path} was changed by somebody else too: duogate's lines were taken out, the rest was left.`;
    default:
      return `THE FILE COULD NOT BE PUT BACK: ${outcome.detail}. Do it by hand: cp -p ${backupPath(folder, service)} to its place.`;
  }
}
