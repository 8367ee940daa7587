// login_duogate for a parity scenario, on a terminal or without one, with the answers typed at its prompts: what
// official-duo-unix.ts does with login_duo. Called by parity-ours.ts.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { linesOf, type ParityRun } from "./parity-pam.ts";
import type { ParityScenario } from "./parity-scenario.ts";
import { syslogOf } from "./parity-syslog.ts";
import { spawnPty } from "./pty.ts";
import { repositoryFile } from "./repository.ts";

const DEADLINE_MS = 40_000;
const END_OF_INPUT = "\u0004";
const PROMPT = /Passcode(?: or option \(1-\d+\))?: $/;

/** Runs it for the account that runs the tests. */
export async function runLoginDuogate(socket: string, scenario: ParityScenario): Promise<ParityRun> {
  const { rhost, env = {}, answers = [], login } = scenario;
  const owner = process.getuid?.() ?? 0;
  const where = rhost === undefined ? [] : ["-h", rhost];
  const program = repositoryFile("native/build/login_duogate");
  const argv = [program, "-o", `socket=${socket}`, "-o", `owner=${owner}`, ...where, "echo let in"];
  const environment = { PATH: "/usr/bin:/bin", HOME: "/nonexistent", ...env };
  if (login === "headless") return await headless(argv, environment);
  return await onTerminal(argv, environment, answers);
}

async function headless(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<ParityRun> {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env,
    signal: AbortSignal.timeout(DEADLINE_MS),
    killSignal: "SIGKILL",
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (typeof code !== "number") throw new Error(`login_duogate was killed: ${err}`);
  return { code, shown: linesOf(out + err), errors: [], log: await syslogOf(child.pid ?? -1) };
}

async function onTerminal(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  answers: readonly string[],
): Promise<ParityRun> {
  const folder = mkdtempSync(join(tmpdir(), "duogate-parity-"));
  const pidFile = join(folder, "pid");
  await using pty = spawnPty(["/bin/sh", "-c", 'echo $$ >"$0" && exec "$@"', pidFile, ...argv], {
    env,
    deadlineMs: DEADLINE_MS,
  });
  const asked = (): Promise<boolean> => {
    const yes = pty.waitFor(PROMPT).then(() => true);
    return yes.catch(() => false);
  };
  for (const answer of answers) {
    if (!(await asked())) break;
    pty.sendLine(answer);
  }
  void asked().then((again) => {
    if (again) pty.send(END_OF_INPUT);
  });
  const { code, signal } = await pty.exit;
  const pid = Number(readFileSync(pidFile, "utf8"));
  rmSync(folder, { recursive: true, force: true });
  if (code === null) throw new Error(`login_duogate was ended by ${signal}`);
  return { code, shown: linesOf(pty.transcript), errors: [], log: await syslogOf(pid) };
}
