// How many connections the kernel keeps for a listening Unix socket before it is accepted: what listen(2) was told last.

import { execFileSync } from "node:child_process";

/** By their names in `folder`. */
export function queues(folder: string): ReadonlyMap<string, number> {
  const lines = execFileSync("ss", ["--no-header", "--listening", "--unix"]).toString().split("\n");
  const found = lines.map((line) => line.trim().split(/\s+/)).filter(([, , , , path]) => path?.startsWith(folder));
  return new Map(found.map(([, , , longest, path]) => [path?.slice(folder.length + 1) ?? "", Number(longest)]));
}

/** Why they cannot be read here; false when they can. */
export function noQueues(): string | false {
  try {
    execFileSync("ss", ["--version"]);
    return false;
  } catch {
    return "needs ss (iproute2), which asks the kernel for a socket's queue";
  }
}
