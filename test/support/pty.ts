// pty.ts: a program on a pseudo terminal for tests that type and read: ssh, su and sudo as a person meets them.
// It knows nothing of duogate. It never sleeps: every wait ends by an event or by the one deadline of the terminal.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { compiledHelper } from "./pty-compile.ts";
import { type Pattern, PtyText, type WaitOptions } from "./pty-text.ts";

export interface PtyOptions {
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Everything on this terminal must be over by then. Default 60 000 ms. */
  readonly deadlineMs?: number | undefined;
}

export interface PtyExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Pty extends AsyncDisposable {
  /** The next match in what the screen shows; see PtyText.waitFor. */
  waitFor(pattern: Pattern, options?: WaitOptions): Promise<RegExpExecArray>;
  /** Types, without Enter. */
  send(text: string): void;
  /** Types a line and Enter. */
  sendLine(text: string): void;
  /**
   * Types Ctrl-C once the program sleeps. Programs that catch the signal themselves lose one that comes between their
   * prompt and their read, which no person is quick enough for.
   */
  interrupt(): Promise<void>;
  /** All that the screen showed, without carriage returns. */
  readonly transcript: string;
  /** How the program ended. Rejects, with the screen, when it had to be killed at the deadline. */
  readonly exit: Promise<PtyExit>;
}

const DEFAULT_DEADLINE_MS = 60_000;

const CTRL_C = "\u0003";

/**
 * Starts `argv` as the leader of a new session on a new 24x80 terminal, in the folder `/`. Disposing hangs the
 * terminal up and waits for the end.
 */
export function spawnPty(argv: readonly string[], options: PtyOptions = {}): Pty {
  const deadline = AbortSignal.timeout(options.deadlineMs ?? DEFAULT_DEADLINE_MS);
  const text = new PtyText(argv.join(" "), deadline);
  const child = spawn(compiledHelper("pty-run"), argv, {
    cwd: "/",
    env: options.env ?? process.env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  // A key typed while the program leaves has nobody to go to; the exit tells the rest.
  child.stdin.on("error", () => undefined);
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => text.feed(chunk));
  deadline.addEventListener("abort", () => child.kill("SIGKILL"), { once: true });
  const exit = once(child, "close").then(([code, signal]: unknown[]): PtyExit => {
    const ended = { code: code as PtyExit["code"], signal: signal as PtyExit["signal"] };
    text.end(`the program ended (code ${ended.code}, signal ${ended.signal})`);
    if (deadline.aborted) {
      throw new Error(`${argv.join(" ")}: did not end by itself. All there was:\n${text.transcript}\n---`);
    }
    return ended;
  });
  exit.catch(() => undefined);
  return {
    waitFor: (pattern, waitOptions) => text.waitFor(pattern, waitOptions),
    send: (keys) => void child.stdin.write(keys),
    sendLine: (line) => void child.stdin.write(`${line}\r`),
    async interrupt() {
      while (!deadline.aborted && !isAsleep(onlyChild(child.pid))) {
        await setImmediate();
      }
      child.stdin.write(CTRL_C);
    },
    get transcript() {
      return text.transcript;
    },
    exit,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exit.catch(() => undefined);
    },
  };
}

/** The program itself: it keeps its process number through setpriv, env and the like. */
function onlyChild(pid: number | undefined): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
}

function isAsleep(pid: string): boolean {
  // The state stands behind the name, which is in parentheses and may hold anything.
  return /\) S [^)]*$/u.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}
