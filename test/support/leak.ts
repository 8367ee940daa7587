// What a daemon must not keep: descriptors, connections to Duo, timers. A count of descriptors by kind before and after, and
// an end that comes at once because nothing holds the event loop. Used by the fault tests.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import type { Emulator } from "../emulator/emulator.ts";
import type { TestDaemon } from "./gateway.ts";

/** How long a descriptor may need to be gone; it is a bound, nothing waits this long when all is well. */
const SETTLE_MS = 5000;
/** An idle daemon ends well below this; a timer or a call that was forgotten holds it for seconds. */
const DRAIN_MS = 1500;

/**
 * Resolves when `check` holds. For what the kernel offers no event for, such as another process's descriptors: looked at
 * again and again within a bound, instead of once after a pause.
 */
export async function eventually(what: string, check: () => boolean, limitMs: number = SETTLE_MS): Promise<void> {
  const until = performance.now() + limitMs;
  while (!check()) {
    if (performance.now() > until) throw new Error(`not within ${limitMs} ms: ${what}`);
    await after(5);
  }
}

/** How many of each kind. */
export type Descriptors = Readonly<Record<string, number>>;

/** Open descriptors by kind; connections to Duo (TCP) are left out, because they are kept warm on purpose. */
export function descriptors(pid: number): Descriptors {
  const counts: Record<string, number> = {};
  for (const target of targetsOf(pid, (socket, unix) => !socket || unix)) {
    const kind = target.replace(/:\[\d+\]$/, "");
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/**
 * What the descriptors are that `wanted` says. Sockets are told apart by the table of Unix sockets, and not by that of TCP, which
 * holds every connection of the last minute: reading it took half the time of the fault matrix. One that is closed while this
 * is read counts as no Unix socket.
 */
function targetsOf(pid: number, wanted: (socket: boolean, unix: boolean) => boolean): readonly string[] {
  const targets = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => targetOf(pid, fd) ?? []);
  const unix = unixInodes(pid);
  return targets.filter((target) => wanted(target.startsWith("socket:"), unix.has(target)));
}

/** What a descriptor is; undefined when it was closed since the folder was read. */
function targetOf(pid: number, fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return undefined;
  }
}

function unixInodes(pid: number): ReadonlySet<string> {
  const rows = readFileSync(`/proc/${pid}/net/unix`, "utf8").trim().split("\n").slice(1);
  return new Set(rows.map((row) => `socket:[${row.trim().split(/\s+/)[6] ?? ""}]`));
}

/** Connections of the daemon to Duo. */
export function duoConnections(pid: number): number {
  return targetsOf(pid, (socket, unix) => socket && !unix).length;
}

/** True where /proc shows the daemon's descriptors: it is not dumpable, so only root may look. */
export function canCountDescriptors(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Waits until the daemon has no descriptor more, of any kind, than it had before; fails with both counts when it has. Fewer
 * are no leak: what was counted before may have been on its way out.
 */
export async function expectDescriptors(daemon: TestDaemon, before: Descriptors): Promise<void> {
  if (!canCountDescriptors()) return;
  const same = (): boolean =>
    Object.entries(descriptors(daemon.pid)).every(([kind, count]) => count <= (before[kind] ?? 0));
  try {
    await eventually("the descriptors of before", same);
  } catch {
    assert.deepEqual(sorted(descriptors(daemon.pid)), sorted(before), "descriptors are left open");
  }
}

function sorted(counts: Descriptors): Descriptors {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The count before, or nothing where it cannot be had. */
export function baseline(daemon: TestDaemon): Descriptors {
  return canCountDescriptors() ? descriptors(daemon.pid) : {};
}

/** SIGTERM ends an idle daemon at once with 0, and no connection to Duo outlives it. One that does not end is killed. */
export async function expectDrains(daemon: TestDaemon, emulator: Emulator): Promise<void> {
  const limit = setTimeout(() => daemon.kill("SIGKILL"), DRAIN_MS);
  const code = await daemon.stop();
  clearTimeout(limit);
  assert.equal(code, 0, `the daemon was idle, and after ${DRAIN_MS} ms: ${code} ${daemon.stderr()}`);
  await eventually("no connection to Duo", () => emulator.connections.open === 0);
}
