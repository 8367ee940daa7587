// Who listens on a Unix socket, without connecting to it: a connection that says nothing would be a refused peer in the
// daemon's log. The kernel's list of sockets, and the processes that hold them. Reads /proc. Called by cli/.

import { readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { textOrEmpty } from "./text-or-empty.ts";

export interface Holder {
  readonly pid: number;
  readonly uid: number;
}

/** SO_ACCEPTCON of the flags in /proc/net/unix. */
const LISTENS = 0x1_0000;
/** Descriptors that are looked at: a bound for machines with very many. */
const LINKS_MAX = 500_000;

/** By path, the inode of each socket that somebody listens on, in this network namespace. */
export function listeningSockets(proc = "/proc"): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const line of textOrEmpty(join(proc, "net/unix")).split("\n").slice(1)) {
    // Num RefCount Protocol Flags Type St Inode Path
    const [, , , flags = "0", , , inode = "0", ...path] = line.trim().split(/\s+/);
    if ((Number.parseInt(flags, 16) & LISTENS) !== 0 && path.length > 0) found.set(path.join(" "), Number(inode));
  }
  return found;
}

/** By inode, the processes that hold it; none for what this process may not see, so that only root sees all. */
export function socketHolders(inodes: ReadonlySet<number>, proc = "/proc"): ReadonlyMap<number, readonly Holder[]> {
  const holders = new Map<number, Holder[]>([...inodes].map((inode) => [inode, []]));
  let left = LINKS_MAX;
  for (const pid of numbersIn(proc)) {
    const folder = join(proc, pid, "fd");
    const held = new Set<number>();
    for (const fd of numbersIn(folder)) {
      left -= 1;
      if (left < 0) return holders;
      const inode = inodeOf(join(folder, fd));
      if (inode !== undefined && inodes.has(inode)) held.add(inode);
    }
    for (const inode of held) holders.get(inode)?.push({ pid: Number(pid), uid: ownerOf(join(proc, pid)) });
  }
  return holders;
}

function inodeOf(link: string): number | undefined {
  try {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(link)) ?? [];
    return inode === undefined ? undefined : Number(inode);
  } catch {
    return undefined;
  }
}

/** A process that has just ended was no listener. */
function ownerOf(folder: string): number {
  try {
    return statSync(folder).uid;
  } catch {
    return 0;
  }
}

function numbersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
