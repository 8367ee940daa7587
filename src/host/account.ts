// An account of this machine and what it may read, judged by owners and modes without becoming it: whether the daemon's
// account can read a file that root named. Access lists can add to what modes say and are not looked at. Called by cli/.

import { realpathSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import type { RunProgram } from "./program.ts";

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gids: readonly number[];
}

/** Undefined where there is no such account. */
export async function accountNamed(run: RunProgram, name: string): Promise<Account | undefined> {
  const [entry, groups] = await Promise.all([run("getent", ["passwd", name]), run("id", ["-G", name])]);
  if (!entry.ok || !groups.ok || entry.value.code !== 0 || groups.value.code !== 0) return undefined;
  const uid = Number(entry.value.stdout.split(":")[2]);
  const gids = groups.value.stdout.trim().split(/\s+/).map(Number);
  return Number.isInteger(uid) ? { name, uid, gids } : undefined;
}

/** The first part of the path that the account may not pass, or the file itself; undefined where it can read it. */
export function unreadablePart(path: string, account: Account): string | undefined {
  let real: string;
  try {
    real = realpathSync(path);
  } catch {
    return path;
  }
  const folders = foldersOf(real);
  return folders.find((folder) => !permits(folder, account, 0o1)) ?? (permits(real, account, 0o4) ? undefined : real);
}

function foldersOf(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === path ? [] : [...foldersOf(folder), folder];
}

/** `bit`: 4 read, 1 enter, as in the last digit of a mode. The first class that the account is in decides alone. */
function permits(path: string, { uid, gids }: Account, bit: number): boolean {
  if (uid === 0) return true;
  let found: Stats;
  try {
    found = statSync(path);
  } catch {
    return false;
  }
  if (found.uid === uid) return (found.mode & (bit << 6)) !== 0;
  if (gids.includes(found.gid)) return (found.mode & (bit << 3)) !== 0;
  return (found.mode & bit) !== 0;
}
