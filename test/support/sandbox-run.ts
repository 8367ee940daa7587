// Programs without a terminal, as cron, ansible and an editor's remote mode start them: a session of their own, so that
// even /dev/tty is none. A program that waits for somebody runs into the deadline and fails the test.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Standard output and standard error, in one. */
  readonly output: string;
}

const DEADLINE_MS = 40_000;

/** Runs `argv` to its end with `input` as its whole standard input. Rejects, with its output, when it has to be killed. */
export async function runWithoutTerminal(argv: readonly string[], input = ""): Promise<Finished> {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { cwd: "/", detached: true, stdio: ["pipe", "pipe", "pipe"] });
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  deadline.addEventListener("abort", () => child.kill("SIGKILL"), { once: true });
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [out, err, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (deadline.aborted) {
    throw new Error(`${argv.join(" ")}: did not end by itself. It said:\n${out}${err}`);
  }
  return { code: code as number | null, signal: signal as NodeJS.Signals | null, output: out + err };
}
