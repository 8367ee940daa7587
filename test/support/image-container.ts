// Runs what an unpacked image says that it runs, as a container runtime would: its user without any capability, its
// environment, its entry point, a root file system that nobody can write. And its health check, in the same place.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { followLog, type Log } from "./gateway.ts";
import type { ImageConfig } from "./image-store.ts";
import { repositoryFile } from "./repository.ts";

const NAMESPACES = ["--mount", "--propagation", "private", "--pid", "--ipc", "--uts", "--fork", "--kill-child"];

const EXEC_LIMIT_MS = 30_000;

export interface ContainerPlace {
  /** The image's files. */
  readonly root: string;
  readonly config: ImageConfig;
  /** Become /etc/duogate, which only can be read, and /run/duogate. */
  readonly etc: string;
  readonly run: string;
}

/** How a command in a container ended. */
export interface Ended {
  readonly code: number | string;
  readonly output: string;
}

export interface Container extends Log {
  /** Of its first process, as the machine sees it. */
  readonly pid: number;
  readonly exited: Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
  /** Runs the image's health check in this container: 0 is healthy, 1 unhealthy. */
  health(): Promise<Ended>;
  /** Runs another program in this container. */
  exec(argv: readonly string[]): Promise<Ended>;
  /** Kills all that is left in it. */
  remove(): Promise<void>;
}

/** Starts the image's own command. Resolves when the daemon answers logins; rejects with its words when it ends first. */
export async function startContainer(place: ContainerPlace): Promise<Container> {
  const { Entrypoint, Cmd, Healthcheck } = place.config;
  const child = enter(place, [...Entrypoint, ...Cmd]);
  const log = followLog(child);
  const exited = once(child, "close").then(([code, signal]: (number | string | null)[]) => code ?? signal ?? "unknown");
  await log.line(({ event }) => event === "started");
  const pid = firstProcess(child);
  return {
    ...log,
    pid,
    exited,
    kill: (signal) => void process.kill(pid, signal),
    health: () => runInside(place.config, pid, healthCommand(place.config), Healthcheck.Timeout / 1e6),
    exec: (argv) => runInside(place.config, pid, argv, EXEC_LIMIT_MS),
    async remove() {
      if (child.exitCode === null) process.kill(pid, "SIGKILL");
      await exited;
    },
  };
}

/** Runs the image with other arguments than its own, or another program, to its end. */
export async function runContainer(place: ContainerPlace, argv: readonly string[]): Promise<Ended> {
  const child = enter(place, argv);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const [code, signal] = await once(child, "close");
  return { code: code ?? signal, output };
}

function enter({ root, config, etc, run }: ContainerPlace, argv: readonly string[]): ChildProcess {
  const script = [repositoryFile("test/support/image-container.sh"), root, etc, run];
  const command = ["unshare", ...NAMESPACES, "sh", ...script, ...confined(config), ...argv];
  return spawn("setpriv", ["--pdeathsig", "KILL", ...command], { stdio: ["ignore", "pipe", "pipe"] });
}

/**
 * setpriv and env are the image's own: they are looked up behind chroot. The kernel forgets unshare's --kill-child when the
 * user changes, so it is said again behind that.
 */
function confined({ User, Env }: ImageConfig): readonly string[] {
  const [uid = "", gid = uid] = User.split(":");
  const user = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--no-new-privs"];
  return [
    "/usr/bin/setpriv",
    ...user,
    "--bounding-set=-all",
    "--inh-caps=-all",
    "--pdeathsig=KILL",
    "/usr/bin/env",
    "-i",
    ...Env,
  ];
}

/** What a runtime runs for the image's health check. */
export function healthCommand({ Healthcheck }: ImageConfig): readonly string[] {
  const [kind, ...argv] = Healthcheck.Test;
  return kind === "CMD-SHELL" ? ["/bin/sh", "-c", ...argv] : argv;
}

function runInside(config: ImageConfig, pid: number, argv: readonly string[], timeout: number): Promise<Ended> {
  const place = ["--target", String(pid), "--mount", "--pid", "--ipc", "--uts", "--root", "--wd", "--"];
  return new Promise((resolve) => {
    execFile("nsenter", [...place, ...confined(config), ...argv], { timeout }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? error.signal ?? "unknown"), output: `${stdout}${stderr}` });
    });
  });
}

function firstProcess({ pid }: ChildProcess): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return Number(children.trim());
}
