// Our end of the watcher: starts it where it outlives this session, waits until it is ready, and hears what became of the change.
// Called by enable.ts before the file is touched.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { err, ok, type Result } from "../../core/result.ts";
import type { PutBack } from "./put-back.ts";
import { KEEP, KEPT, READY, type WatchOrder } from "./watch.ts";

export interface Watcher {
  /** True: the change stays. False: too late, and the file was put back. */
  keep(): Promise<boolean>;
  /** Has the file put back now. */
  giveUp(): Promise<PutBack>;
  /** Settled when the watcher has decided by itself, or died. */
  readonly decided: Promise<void>;
}

export interface WatcherOrder extends WatchOrder {
  readonly lockFd: number;
}

const START_LIMIT_MS = 10_000;
const CHILD = join(import.meta.dirname, "watch-child.js");

/** Err: one sentence; nothing may be changed then. */
export async function startWatcher(order: WatcherOrder): Promise<Result<Watcher, string>> {
  const command = [process.execPath, CHILD];
  // In a scope of its own, systemd does not end it with the session that it was started from.
  const scope = [
    "systemd-run",
    "--scope",
    "--quiet",
    "--collect",
    "--description=duogate enable: puts a PAM file back",
  ];
  const ways = existsSync("/run/systemd/system") ? [[...scope, "--", ...command], command] : [command];
  for (const way of ways) {
    const started = await tryStart(way, order);
    if (started !== undefined) return ok(started);
  }
  return err("the process that would put the file back could not be started");
}

async function tryStart(
  [program = "", ...args]: readonly string[],
  { lockFd, ...order }: WatcherOrder,
): Promise<Watcher | undefined> {
  const child = spawn(program, args, {
    cwd: "/",
    // SECURITY: nothing of the caller's environment, such as NODE_OPTIONS.
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    // A session of its own: no hang-up and no Ctrl-C of this terminal gets there.
    detached: true,
    stdio: ["pipe", "pipe", "ignore", lockFd],
  });
  const lines = new Lines(child);
  child.stdin?.on("error", () => undefined);
  child.stdin?.write(`${JSON.stringify(order satisfies WatchOrder)}\n`);
  // A systemd that does not answer must not keep us: nothing is changed yet.
  const limit = setTimeout(() => child.kill("SIGKILL"), START_LIMIT_MS);
  const first = await lines.next();
  clearTimeout(limit);
  if (first === READY) return watcherOf(child, lines);
  child.kill("SIGKILL");
  return undefined;
}

function watcherOf(child: ChildProcess, lines: Lines): Watcher {
  const last = lines.next();
  return {
    async keep() {
      child.stdin?.end(`${KEEP}\n`);
      return (await last) === KEPT;
    },
    async giveUp() {
      child.stdin?.end();
      return outcomeOf(await last);
    },
    decided: last.then(() => undefined),
  };
}

function outcomeOf(line: string | undefined): PutBack {
  if (line === undefined) return { kind: "failed", detail: "the watching process died" };
  // The watcher is this program: its line has the shape that it declares.
  return JSON.parse(line) as PutBack;
}

/** The lines that the child says; undefined when it has ended. */
class Lines {
  readonly #lines: string[] = [];
  readonly #ended: Promise<unknown>;
  #over = false;
  #wake: () => void = () => {};

  constructor(child: ChildProcess) {
    child.once("error", () => this.#end());
    this.#ended = once(child, "close").catch(() => undefined);
    void this.#ended.then(() => this.#end());
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.#lines.push(line);
        this.#wake();
      });
    }
  }

  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#lines.shift();
  }

  #end(): void {
    this.#over = true;
    this.#wake();
  }
}
