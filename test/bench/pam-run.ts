// Owns one run of the harness native/build/pam-run: a process that makes one real PAM transaction, and when each of its lines
// came. Called by logins.ts.
//
// The harness and not the PAM runner of src/ffi: that starts a Node process for each transaction and drives libpam through
// ffi, milliseconds of noise beside the three that are looked for. The harness is C; it prints a line for each thing said, which
// reaches us through a pipe in about a tenth of a millisecond. That delay is in both the first stamp and the last, and cancels.
// The first stamp is a line of pam_echo, which stands before our module in the stack; libpam has loaded all modules by then.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { STARTED } from "./rig.ts";

/** Times of performance.now(). */
export interface PamRun {
  /** The module is about to be called. */
  readonly startedAt: number;
  /** pam_authenticate has returned. */
  readonly endedAt: number;
  readonly code: number;
}

export interface PamRunOptions {
  readonly pamRun: string;
  readonly confdir: string;
  readonly service: string;
  readonly user: string;
  /** Given to the prompts at once, in order. */
  readonly answers: readonly string[];
}

export function pamRunArguments({ confdir, service, user, answers }: Omit<PamRunOptions, "pamRun">): readonly string[] {
  const given = answers.flatMap((answer) => ["--answer", answer]);
  return ["--confdir", confdir, "--service", service, "--user", user, ...given];
}

/** Rejects when the process ends without both stamps, or the signal ends it. */
export function runPamRun({ pamRun, ...options }: PamRunOptions, signal: AbortSignal): Promise<PamRun> {
  const child = spawn(pamRun, pamRunArguments(options), {
    stdio: ["ignore", "pipe", "inherit"],
    signal,
    killSignal: "SIGKILL",
  });
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    let startedAt: number | undefined;
    child.once("error", reject);
    child.once("close", () => reject(new Error(`pam-run printed no result:\n${lines.join("\n")}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const at = performance.now();
      lines.push(line);
      if (line.startsWith(`info ${STARTED}`)) startedAt = at;
      const code = /^result (\d+)$/.exec(line)?.[1];
      if (code !== undefined && startedAt !== undefined) resolve({ startedAt, endedAt: at, code: Number(code) });
    });
  });
}
