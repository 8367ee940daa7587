// Which account a subordinate uid belongs to, by /etc/subuid: newuidmap lets its owner run processes under it. Reads the file
// again when it has changed. Ranges that nsswitch.conf takes from elsewhere (`subid:`) are not seen.
// Source: subuid(5).

import { readFileSync, statSync } from "node:fs";
import type { Clock } from "../core/clock.ts";

export interface SubordinateRange {
  /** As written: a login name or a uid. */
  readonly owner: string;
  readonly first: number;
  readonly count: number;
}

/** The kernel is asked for the file's time at most this often. */
const FRESH_MS = 1000;
/** A line for each of twenty thousand accounts is below 1 MiB. */
const BYTES_MAX = 4 * 1024 * 1024;

export class SubordinateIds {
  readonly #path: string;
  readonly #clock: Clock;
  #ranges: readonly Owned[] = [];
  #owners: ReadonlySet<string> = new Set();
  #version = "";
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, path = "/etc/subuid") {
    this.#clock = clock;
    this.#path = path;
  }

  /** The owner of the first range, in the order of the file, that has `uid`; undefined for a uid in none. */
  ownerOf(uid: number): string | undefined {
    this.#refresh();
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.first ?? 0) <= uid) low = middle + 1;
      else high = middle;
    }
    return this.#ranges[low - 1]?.owner;
  }

  /** Under which of its two names an account owns ranges; undefined when it owns none. */
  ownAs(name: string, uid: number): string | undefined {
    this.#refresh();
    return [name, String(uid)].find((owner) => this.#owners.has(owner));
  }

  #refresh(): void {
    const now = this.#clock.now();
    if (now - this.#lookedAt < FRESH_MS) return;
    this.#lookedAt = now;
    const version = versionOf(this.#path);
    if (version === this.#version) return;
    this.#version = version;
    const ranges = parseSubordinateRanges(version === "" ? "" : textOf(this.#path));
    this.#ranges = ownersInOrder(ranges);
    this.#owners = new Set(ranges.map(({ owner }) => owner));
  }
}

/** Lines that are not `owner:first:count` are skipped, as newuidmap skips them. */
export function parseSubordinateRanges(text: string): readonly SubordinateRange[] {
  return text.split("\n").flatMap((line) => {
    const [, owner, first, count] = /^([^:#][^:]*):(\d{1,10}):(\d{1,10})$/.exec(line.trim()) ?? [];
    return owner === undefined ? [] : [{ owner, first: Number(first), count: Number(count) }];
  });
}

/** From here on, up to the next one's first, uids are this owner's; undefined: nobody's. */
interface Owned {
  readonly first: number;
  readonly owner: string | undefined;
}

/**
 * In the order of the numbers, so that a uid is found in few steps: any user of login.sock can have one looked for at each
 * connection, and the file of a large site has a hundred thousand lines.
 */
function ownersInOrder(ranges: readonly SubordinateRange[]): readonly Owned[] {
  const byFirst = ranges.map((range, line) => ({ ...range, line })).sort((a, b) => a.first - b.first);
  const owned: Owned[] = [];
  const take = (first: number, owner: string | undefined) => {
    if (owned.at(-1)?.first === first) owned.pop();
    if (owned.at(-1)?.owner !== owner) owned.push({ first, owner });
  };
  // Ranges that are open at the place reached; where several are, the line that comes first in the file counts.
  let open: (typeof byFirst)[number][] = [];
  const reach = (uid: number) => {
    for (;;) {
      const ends = open.map(({ first, count }) => first + count).filter((end) => end <= uid);
      if (ends.length === 0) return;
      const end = Math.min(...ends);
      open = open.filter(({ first, count }) => first + count > end);
      take(end, ofFirstLine(open)?.owner);
    }
  };
  for (const range of byFirst) {
    reach(range.first);
    open.push(range);
    take(range.first, ofFirstLine(open)?.owner);
  }
  reach(Number.POSITIVE_INFINITY);
  return owned;
}

function ofFirstLine<T extends { readonly line: number }>(open: readonly T[]): T | undefined {
  return open.reduce<T | undefined>(
    (best, one) => (best === undefined || one.line < best.line ? one : best),
    undefined,
  );
}

/** Empty for a file that is not there, cannot be read or is beyond reason. */
function versionOf(path: string): string {
  try {
    const { mtimeMs, size, ino, dev } = statSync(path);
    return size > BYTES_MAX ? "" : [dev, ino, size, mtimeMs].join(" ");
  } catch {
    return "";
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
