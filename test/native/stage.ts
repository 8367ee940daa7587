// A private folder with a PAM stack and a socket path, and the pam-run harness started on it. Needs no root and touches nothing in /etc.
// Build first: `make -C native check`. Used by test/native only.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestContext } from "node:test";

import { type Script, type ScriptedDaemon, startDaemon } from "./scripted-daemon.ts";

/** PAM return codes of Linux-PAM's `_pam_types.h`. */
export const pam = {
  success: 0,
  serviceErr: 3,
  systemErr: 4,
  permDenied: 6,
  authErr: 7,
  authinfoUnavail: 9,
  userUnknown: 10,
  maxTries: 11,
  ignore: 25,
  abort: 26,
} as const;

export const buildFolder: string = resolve(import.meta.dirname, "../../../native/build");
export const modulePath: string = join(buildFolder, "pam_duogate.so");
export const harnessPath: string = join(buildFolder, "pam-run");

export const isRoot: boolean = process.getuid?.() === 0;
const ownUid = process.getuid?.() ?? 0;

/** What pam-run printed. */
export interface Run {
  readonly lines: readonly string[];
  /** The codes of the calls, in order. */
  readonly results: readonly number[];
  /** Lines of the conversation: kind and text. */
  readonly shown: readonly string[];
  readonly logs: readonly string[];
  readonly stderr: string;
  readonly elapsedMs: number;
}

export interface Stage {
  readonly folder: string;
  readonly socket: string;
  /** `socket=… owner=…`, which every stack of a test needs. */
  readonly base: string;
  /** Writes the stack; each line without its service file's boilerplate, `@` stands for the module with `base`, `@@` for the module alone. */
  stack(...lines: readonly string[]): void;
  daemon(script: Script): Promise<ScriptedDaemon>;
  run(...args: readonly string[]): Promise<Run>;
  /** As run, but through another program such as valgrind. */
  runUnder(wrapper: readonly string[], ...args: readonly string[]): Promise<Run>;
}

function parseRun(stdout: string, stderr: string, elapsedMs: number): Run {
  const lines = stdout.split("\n").filter((line) => line !== "");
  const body = lines.map((line) => line.replace(/^\d: /, ""));
  return {
    lines,
    results: body.filter((line) => line.startsWith("result ")).map((line) => Number(line.slice(7))),
    shown: body.filter((line) => /^(info|error|prompt-on|prompt-off) /.test(line)),
    logs: body.filter((line) => line.startsWith("log ") && line.includes("pam_duogate")),
    stderr,
    elapsedMs,
  };
}

function execute(command: readonly string[]): Promise<Run> {
  const [program = "", ...args] = command;
  const began = performance.now();
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "", SUDO_COMMAND: "/usr/bin/id -u" },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString("latin1");
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString("utf8");
    });
    child.once("error", fail);
    child.once("close", (code, signal) => {
      if (code === 0) {
        done(parseRun(stdout, stderr, performance.now() - began));
      } else {
        fail(new Error(`${program} ended with ${code ?? signal}: ${stdout}${stderr}`));
      }
    });
  });
}

/** A fresh stage for one test, taken down with it. The stack is one `auth required` line until `stack` is called. */
export function setStage(t: TestContext): Stage {
  if (!existsSync(modulePath) || !existsSync(harnessPath)) {
    throw new Error("native/build is not complete; run: make -C native check");
  }
  const folder = mkdtempSync(join(tmpdir(), "dg-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const confdir = join(folder, "pam.d");
  const socketFolder = join(folder, "run");
  mkdirSync(confdir, { mode: 0o755 });
  mkdirSync(socketFolder, { mode: 0o755 });
  const socket = join(socketFolder, "pam.sock");
  const base = `socket=${socket} owner=${ownUid}`;
  writeFileSync(join(confdir, "other"), "auth required pam_deny.so\n");
  const stack = (...lines: readonly string[]): void => {
    const text = lines
      .map((line) => line.replace(/@@?/, (at) => (at === "@" ? `${modulePath} ${base}` : modulePath)))
      .join("\n");
    for (const service of ["test", "sudo"]) {
      writeFileSync(join(confdir, service), `${text}\n`);
    }
  };
  stack("auth required @");
  const command = (args: readonly string[]): string[] => {
    const named = args.includes("--service") ? [] : ["--service", "test"];
    const user = args.includes("--user") ? [] : ["--user", "alice"];
    return [harnessPath, "--confdir", confdir, ...named, ...user, ...args];
  };
  return {
    folder,
    socket,
    base,
    stack,
    daemon: async (script) => {
      const daemon = await startDaemon(socket, script);
      t.after(() => daemon.close());
      return daemon;
    },
    run: (...args) => execute(command(args)),
    runUnder: (wrapper, ...args) => execute([...wrapper, ...command(args)]),
  };
}
