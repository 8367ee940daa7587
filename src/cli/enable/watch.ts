// The watcher: a process of its own, in a session of its own, that puts the file back unless it is told in time that the change
// stays. It is told through a pipe, whose end it sees at once when the one who made the change dies, however that happens.
// Not called by hand.

import { execFile } from "node:child_process";
import type { Clock } from "../../core/clock.ts";
import { finish } from "./pending.ts";
import { type PutBack, putBack, putBackText } from "./put-back.ts";

/** The word on the pipe; and the watcher's own, one line each. */
export const KEEP = "keep";
export const READY = "ready";
export const KEPT = "kept";

export interface WatchParts {
  readonly folder: string;
  readonly service: string;
  readonly withinMs: number;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly clock: Clock;
  /** The machine is going down, or somebody ends this process: the file goes back first. */
  readonly ending: AbortSignal;
}

/** Decides once: the change stays, or the file goes back. */
export async function watch({ folder, service, withinMs, input, output, clock, ending }: WatchParts): Promise<void> {
  // The one at the other end may be gone.
  output.on("error", () => undefined);
  const say = (line: string) => void output.write(`${line}\n`);
  const told = heard(input, withinMs, clock, ending);
  say(READY);
  if ((await told) === "keep") {
    await finish(folder, service);
    say(KEPT);
    return;
  }
  const outcome = await putBack(folder, service);
  report(outcome, folder, service);
  say(JSON.stringify(outcome));
}

function heard(
  input: NodeJS.ReadableStream,
  withinMs: number,
  clock: Clock,
  ending: AbortSignal,
): Promise<"keep" | "lost" | "late"> {
  return new Promise((resolve) => {
    let text = "";
    const timer = clock.after(withinMs, () => end("late"));
    const end = (how: "keep" | "lost" | "late") => {
      timer.cancel();
      input.pause();
      resolve(how);
    };
    input.setEncoding("utf8");
    input.on("data", (chunk: string) => {
      text += chunk;
      if (text === `${KEEP}\n`) end("keep");
    });
    ending.addEventListener("abort", () => end("lost"), { once: true });
    input.once("end", () => end("lost")).once("error", () => end("lost"));
  });
}

/** Nobody may be at the terminal any more: the system log has it as well. */
function report(outcome: PutBack, folder: string, service: string): void {
  const line = `enable ${service}: not confirmed. ${putBackText(outcome, folder, service)}`;
  execFile("logger", ["-p", "authpriv.warning", "-t", "duogate", "--", line], () => undefined);
}
