// What duogate writes to syslog for one program, from the sandbox's private /dev/log: `[PRIORITY] TEXT`, as Duo Unix's debug
// mode has it. Several logins run at once; the number of the process tells them apart.

import { execFile } from "node:child_process";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import type { PtyText } from "./pty-text.ts";

const WAIT_MS = 40_000;
let log: PtyText | undefined;
let markers = 0;

/** The sandbox's log; without it nothing that is logged can be seen. */
export function readSyslogFrom(text: PtyText): void {
  log = text;
}

/** Whether both sides' logs can be compared. */
export function seesSyslog(): boolean {
  return log !== undefined;
}

/** The lines that name this process. */
export async function syslogOf(pid: number): Promise<readonly string[]> {
  if (log === undefined) return [];
  markers += 1;
  const marker = `parity-marker-${markers}.`;
  // The log is a queue: what was sent before this line is there when it is.
  await promisify(execFile)("logger", ["-t", "parity", marker]);
  const deadline = AbortSignal.timeout(WAIT_MS);
  while (!log.transcript.includes(marker)) {
    deadline.throwIfAborted();
    await setImmediate();
  }
  const line = new RegExp(`^<(\\d+)>.{15} [\\w.-]+\\[${pid}\\]: (?!refused user )(.*)$`, "gm");
  return [...log.transcript.matchAll(line)].map(([, priority, text]) => `[${Number(priority) % 8}] ${text}`);
}
