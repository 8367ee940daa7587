// The watcher: a process of its own, in a session of its own, that puts the file back unless it is told in time that the change
// stays. It is told through a pipe, whose end it sees at once when the one who made the change dies, however that happens.
// Not called by hand.

import { execFile } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import type { Clock } from "../../core/clock.ts";
import { finish } from "./pending.ts";
import { type PutBack, putBack, putBackText } from "./put-back.ts";

/** What the watcher is told, a line of JSON each: the order first, then nothing, or that the change stays. */
export interface WatchOrder {
  readonly folder: string;
  readonly service: string;
  readonly withinMs: number;
}
export const KEEP = "keep";
/** What it says, one line each. */
export const READY = "ready";
export const KEPT = "kept";

export interface WatchParts {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly clock: Clock;
  /** The machine is going down, or somebody ends this process: the file goes back first. */
  readonly ending: AbortSignal;
}

/** Decides once: the change stays, or the file goes back. */
export async function watch({ input, output, clock, ending }: WatchParts): Promise<void> {
  // The one at the other end may be gone.
  output.on("error", () => undefined);
  const say = (line: string) => void output.write(`${line}\n`);
  const lines = createInterface({ input });
  const first = await nextLine(lines, ending);
  // Nothing is changed before we are ready.
  if (first === undefined) return;
  // The one who made the change is this program: its line has the shape that it declares.
  const { folder, service, withinMs } = JSON.parse(first) as WatchOrder;
  const late = new AbortController();
  const timer = clock.after(withinMs, () => late.abort());
  const told = nextLine(lines, AbortSignal.any([ending, late.signal]));
  say(READY);
  const keep = (await told) === KEEP;
  timer.cancel();
  if (keep) {
    await finish(folder, service);
    return say(KEPT);
  }
  const outcome = await putBack(folder, service);
  report(outcome, folder, service);
  say(JSON.stringify(outcome));
}

/** Undefined: the end of the input, or `signal`. */
function nextLine(lines: Interface, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    lines.once("line", resolve);
    lines.once("close", () => resolve(undefined));
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

/** Nobody may be at the terminal any more: the system log has it as well. */
function report(outcome: PutBack, folder: string, service: string): void {
  const line = `enable ${service}: not confirmed. ${putBackText(outcome, folder, service)}`;
  execFile("logger", ["-p", "authpriv.warning", "-t", "duogate", "--", line], () => undefined);
}
