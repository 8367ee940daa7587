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
  #ranges: readonly SubordinateRange[] = [];
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
    return this.#ranges.find(({ first, count }) => uid >= first && uid - first < count)?.owner;
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
    this.#ranges = parseSubordinateRanges(version === "" ? "" : textOf(this.#path));
    this.#owners = new Set(this.#ranges.map(({ owner }) => owner));
  }
}

/** Lines that are not `owner:first:count` are skipped, as newuidmap skips them. */
export function parseSubordinateRanges(text: string): readonly SubordinateRange[] {
  return text.split("\n").flatMap((line) => {
    const [, owner, first, count] = /^([^:#][^:]*):(\d{1,10}):(\d{1,10})$/.exec(line.trim()) ?? [];
    return owner === undefined ? [] : [{ owner, first: Number(first), count: Number(count) }];
  });
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
