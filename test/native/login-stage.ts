// login_duogate against the scripted daemon: started without a terminal or on one, as the user who runs the tests. The command behind
// it is started by that user's own shell. Build first: `make -C native check`. Used by test/native only.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";

import { type Pty, spawnPty } from "../support/pty.ts";
import type { Script, ScriptedDaemon } from "./scripted-daemon.ts";
import { buildFolder, setStage } from "./stage.ts";

export const loginPath: string = join(buildFolder, "login_duogate");

export interface LoginRun {
  /** The exit status, or the signal's name. */
  readonly end: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LoginOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export interface LoginStage {
  readonly socket: string;
  /** The options that each login here needs. */
  readonly options: readonly string[];
  daemon(script: Script): Promise<ScriptedDaemon>;
  /** Without a terminal. */
  run(args: readonly string[], options?: LoginOptions): Promise<LoginRun>;
  /** On a terminal; the caller disposes it. */
  open(args: readonly string[], options?: LoginOptions): Pty;
}

// HOME: a shell whose standard input is a socket reads the start-up file of a user who came over the network.
const environment = (added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  HOME: "/nonexistent",
  ...added,
});

async function run(argv: readonly string[], { env, input = "" }: LoginOptions = {}): Promise<LoginRun> {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { env: environment(env), stdio: ["pipe", "pipe", "pipe"] });
  // A program that has ended reads no input.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { end: (code ?? signal) as number | string, stdout, stderr };
}

/** A stage for one test, taken down with it. */
export function setLoginStage(t: TestContext): LoginStage {
  const { socket, daemon } = setStage(t);
  const options = ["-o", `socket=${socket}`, "-o", `owner=${process.getuid?.() ?? 0}`];
  return {
    socket,
    options,
    daemon,
    run: (args, rest) => run([loginPath, ...options, ...args], rest),
    open: (args, rest = {}) => spawnPty([loginPath, ...options, ...args], { env: environment(rest.env) }),
  };
}
