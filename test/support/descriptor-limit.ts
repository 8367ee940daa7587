// The limit of open descriptors, for what holds a thousand connections: the soft limit of this process, which its children
// inherit, is raised to the hard one. Called by the concurrency test and the benchmark.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** @returns how many descriptors this process may have now. */
export function raiseDescriptorLimit(): number {
  const { hard } = limits();
  // util-linux; without it, the limit stays as it is.
  spawnSync("prlimit", [`--pid=${process.pid}`, `--nofile=${hard}:${hard}`]);
  return limits().soft;
}

function limits(): { readonly soft: number; readonly hard: number } {
  const text = readFileSync("/proc/self/limits", "utf8");
  const [, soft = "0", hard = "0"] = /^Max open files\s+(\d+)\s+(\d+)/m.exec(text) ?? [];
  return { soft: Number(soft), hard: Number(hard) };
}
