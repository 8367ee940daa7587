// How many descriptors and how much memory a process may have: this one, or the service that systemd runs. Reads.

import { textOrEmpty } from "./text-or-empty.ts";

export interface ProcessLimits {
  /** What has them: a unit's name, or "this process". */
  readonly of: string;
  /** Infinity: none, or not to be seen. */
  readonly descriptors: number;
  readonly bytes: number;
}

/** Above any machine's memory: what the kernel says in place of "none". */
const NO_BYTES = 2 ** 62;

/** Node raises the soft limit of descriptors to the hard one at its start, so that the soft one is what there is. */
export function ownLimits(
  proc = "/proc",
  constrained: number | undefined = process.constrainedMemory(),
): ProcessLimits {
  const [, soft] = /^Max open files\s+(\S+)/m.exec(textOrEmpty(`${proc}/self/limits`)) ?? [];
  const none = constrained === undefined || constrained === 0 || constrained >= NO_BYTES;
  return { of: "this process", descriptors: limit(soft), bytes: none ? Number.POSITIVE_INFINITY : constrained };
}

/** True where systemd runs this process for `unit`: its own limits are the unit's. */
export function runsIn(unit: string, proc = "/proc"): boolean {
  return textOrEmpty(`${proc}/self/cgroup`).includes(`/${unit}`);
}

/** A value of `systemctl show`, or of /proc: a number, or a word for none. */
export function limit(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}
