// A daemon for tests: the real process with a private folder for its configuration and sockets, its log as parsed lines,
// and waiting for a line instead of sleeping.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { repositoryFile } from "./repository.ts";

export type LogLine = Readonly<Record<string, unknown>>;

export interface DuoPlace {
  readonly host: string;
  readonly ikey: string;
  readonly skey: string;
  readonly caFile: string;
}

export interface DaemonOptions {
  readonly duo: DuoPlace;
  readonly failmode?: "safe" | "secure";
  /** Further lines of [duo] and [gateway]. */
  readonly duoLines?: readonly string[];
  readonly gatewayLines?: readonly string[];
  /** Set where the test wants to choose it; else a new private folder. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that becomes the daemon, by exec: it is put before the daemon's own. */
  readonly under?: readonly string[];
}

export interface TestDaemon {
  readonly pid: number;
  readonly folder: string;
  readonly configFile: string;
  readonly pamSocket: string;
  readonly loginSocket: string;
  readonly lines: readonly LogLine[];
  readonly stderr: () => string;
  /** The first line, past or future, that fits and comes after `after` lines. Rejects when the daemon ends first. */
  line(fits: (line: LogLine) => boolean, options?: { readonly after?: number }): Promise<LogLine>;
  event(name: string, options?: { readonly after?: number }): Promise<LogLine>;
  writeConfig(change: Partial<DaemonOptions>): void;
  kill(signal: NodeJS.Signals): void;
  /** Exit code, or the signal's name. */
  readonly exited: Promise<number | string>;
  /** SIGTERM, wait, remove the folder. */
  stop(): Promise<number | string>;
}

export function configText(options: DaemonOptions, runtimeDir: string): string {
  const { duo, failmode = "secure", duoLines = [], gatewayLines = [] } = options;
  const required = [`ikey = ${duo.ikey}`, `skey = ${duo.skey}`, `host = ${duo.host}`, `cafile = ${duo.caFile}`];
  const lines = ["[duo]", ...required, `failmode = ${failmode}`, ...duoLines];
  return [...lines, "[gateway]", `runtime_dir = ${runtimeDir}`, ...gatewayLines, ""].join("\n");
}

/** Starts the daemon and resolves when it answers; rejects with its words when it does not start. */
export async function startDaemon(options: DaemonOptions): Promise<TestDaemon> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "duogate-test-"));
  const configFile = join(folder, "duogate.conf");
  let current = options;
  const writeConfig = (change: Partial<DaemonOptions>) => {
    current = { ...current, ...change };
    writeFileSync(configFile, configText(current, folder), { mode: 0o600 });
  };
  writeConfig({});
  const main = repositoryFile("dist/src/main.js");
  const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", ...options.env };
  const [program, ...args] = [...(options.under ?? []), process.execPath, main, "run", "--config", configFile];
  const child = spawn(program ?? process.execPath, args, {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = followLog(child);
  const exited = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  const daemon: TestDaemon = {
    pid: child.pid ?? -1,
    folder,
    configFile,
    pamSocket: join(folder, "pam.sock"),
    loginSocket: join(folder, "login.sock"),
    lines: log.lines,
    stderr: log.stderr,
    line: log.line,
    event: (name, after) => log.line((line) => line["event"] === name, after),
    writeConfig,
    kill: (signal) => void child.kill(signal),
    exited,
    async stop() {
      child.kill("SIGTERM");
      const code = await exited;
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
  await daemon.event("started");
  return daemon;
}

/** The lines that a daemon writes, parsed as they come. */
export interface Log {
  readonly lines: readonly LogLine[];
  readonly stderr: () => string;
  line(fits: (line: LogLine) => boolean, options?: { readonly after?: number }): Promise<LogLine>;
}

interface Waiter {
  readonly fits: (line: LogLine) => boolean;
  readonly resolve: (line: LogLine) => void;
  readonly reject: (error: Error) => void;
}

export function followLog(child: ChildProcess): Log {
  const lines: LogLine[] = [];
  const waiters = new Set<Waiter>();
  let complaints = "";
  let ended = false;
  const failure = () => new Error(`the daemon ended first. It said: ${complaints}\n${JSON.stringify(lines, null, 1)}`);
  child.stderr?.on("data", (bytes: Buffer) => {
    complaints += bytes.toString();
  });
  if (child.stdout === null) throw new Error("the daemon has no standard output");
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = JSON.parse(text) as LogLine;
    lines.push(line);
    for (const waiter of [...waiters]) {
      if (!waiter.fits(line)) continue;
      waiters.delete(waiter);
      waiter.resolve(line);
    }
  });
  child.once("close", () => {
    ended = true;
    for (const waiter of waiters) waiter.reject(failure());
    waiters.clear();
  });
  return {
    lines,
    stderr: () => complaints,
    line(fits, { after = 0 } = {}) {
      const found = lines.slice(after).find(fits);
      if (found !== undefined) return Promise.resolve(found);
      if (ended) return Promise.reject(failure());
      return new Promise((resolve, reject) => waiters.add({ fits, resolve, reject }));
    },
  };
}
