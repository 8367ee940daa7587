// Looks through the memory of a running process for bytes: the proof that a secret was wiped, whoever was to wipe it. The
// process must stand still meanwhile. Needs the right to trace it: a child of ours, or root.

import { closeSync, openSync, readFileSync, readSync } from "node:fs";

const CHUNK = 1 << 20;

/** The mappings of process `pid` that can be written and hold `needle`, by their line in /proc/PID/maps. */
export function memoryWith(pid: number, needle: Buffer): readonly string[] {
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    return readFileSync(`/proc/${pid}/maps`, "utf8")
      .split("\n")
      .filter((line) => /^\S+ rw/.test(line) && regionHolds(memory, line, needle));
  } finally {
    closeSync(memory);
  }
}

function regionHolds(memory: number, line: string, needle: Buffer): boolean {
  const [from = "", to = ""] = line.split(" ")[0]?.split("-") ?? [];
  const end = BigInt(`0x${to}`);
  const chunk = Buffer.alloc(CHUNK + needle.length);
  // The chunks overlap, so that what lies across their border is found.
  for (let at = BigInt(`0x${from}`); at < end; at += BigInt(CHUNK)) {
    const left = end - at;
    const wanted = left < BigInt(chunk.length) ? Number(left) : chunk.length;
    const got = readSync(memory, chunk, 0, wanted, at);
    if (chunk.subarray(0, got).includes(needle)) return true;
  }
  return false;
}
