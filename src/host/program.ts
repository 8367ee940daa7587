// Runs one of the machine's own programs to ask it something: no shell, no environment of the caller's, bounded in time and
// output, nothing on standard input. Decides nothing about what it says. Used by this folder.

import { execFile } from "node:child_process";
import { err, ok, type Result } from "../core/result.ts";

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type ProgramFailure =
  | { readonly code: "absent" }
  | { readonly code: "forbidden" }
  | { readonly code: "timeout" }
  /** A signal, or more output than any answer has. */
  | { readonly code: "failed"; readonly detail: string };

/** `path` is absolute, or a name that is looked for in root's own folders. */
export type RunProgram = (path: string, args: readonly string[]) => Promise<Result<Said, ProgramFailure>>;

const TIMEOUT_MS = 10_000;
const OUTPUT_MAX_BYTES = 4 * 1024 * 1024;
/** SECURITY: never the caller's PATH: doctor runs as root. */
const ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

export const runProgram: RunProgram = programRunner(TIMEOUT_MS);

export function programRunner(timeoutMs: number): RunProgram {
  return (path, args) => runOnce(path, args, timeoutMs);
}

function runOnce(path: string, args: readonly string[], timeoutMs: number): ReturnType<RunProgram> {
  return new Promise((resolve) => {
    const options = {
      env: ENVIRONMENT,
      cwd: "/",
      timeout: timeoutMs,
      // A program that does not heed SIGTERM must end as well.
      killSignal: "SIGKILL",
      maxBuffer: OUTPUT_MAX_BYTES,
      encoding: "utf8",
    } as const;
    const child = execFile(path, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(ok({ code: 0, stdout, stderr }));
      if (typeof error.code === "number") return resolve(ok({ code: error.code, stdout, stderr }));
      resolve(err(failureOf(error)));
    });
    child.stdin?.end();
  });
}

function failureOf({ code, killed, message }: Error & { code?: unknown; killed?: boolean }): ProgramFailure {
  if (code === "ENOENT") return { code: "absent" };
  if (code === "EACCES") return { code: "forbidden" };
  return killed === true ? { code: "timeout" } : { code: "failed", detail: message };
}
