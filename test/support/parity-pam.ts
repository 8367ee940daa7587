// One PAM transaction for either side of a parity scenario: native/build/pam-run with one module in a private folder of
// services. Both modules meet the same application, so that what differs is theirs. Knows neither Duo nor the daemon.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { ParityScenario } from "./parity-scenario.ts";
import { repositoryFile } from "./repository.ts";

/** What a client showed and how it ended. */
export interface ParityRun {
  /** The PAM code, or the exit status of login_duo and login_duogate. */
  readonly code: number;
  /** The lines in which something stands. Whether a line came as a message or within a prompt is not told: the user sees the same. */
  readonly shown: readonly string[];
  /** Those of them that came as PAM_ERROR_MSG. */
  readonly errors: readonly string[];
  /** What Duo Unix logs, or duogate in its words: `[PRIORITY] TEXT`, syslog's number of it first. */
  readonly log: readonly string[];
}

/** How the log of a program is had: Duo Unix's from its standard error, in its debug mode, ours from syslog. */
export type LogReader = (pid: number, stderr: string) => readonly string[] | Promise<readonly string[]>;

const DEADLINE_MS = 40_000;
const harness = repositoryFile("native/build/pam-run");

/** Runs pam_authenticate with `module` (path and arguments) as the only line of the stack. */
export async function runStack(module: string, scenario: ParityScenario, logOf: LogReader): Promise<ParityRun> {
  const folder = mkdtempSync(join(tmpdir(), "duogate-parity-"));
  const { service = "sudo", argument = "" } = scenario;
  writeFileSync(join(folder, service), `auth required ${module} ${argument}\naccount required pam_permit.so\n`);
  writeFileSync(join(folder, "other"), "auth required pam_deny.so\naccount required pam_deny.so\n");
  try {
    const { out, err, pid } = await run(argvOf(folder, service, scenario), scenario.env ?? {});
    const lines = out.split("\n");
    const result = lines.find((line) => line.startsWith("result "));
    if (result === undefined) throw new Error(`pam-run gave no result: ${out}`);
    const errors = lines.filter((line) => line.startsWith("error ")).flatMap(shownOf);
    const code = Number(result.slice("result ".length));
    return { code, shown: lines.flatMap(shownOf), errors, log: await logOf(pid, err) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function argvOf(folder: string, service: string, scenario: ParityScenario): readonly string[] {
  const { user = "root", caller, rhost, answers = [] } = scenario;
  // As under su: the real uid is the caller's, the effective one is root's.
  const as = caller === undefined ? [] : ["setpriv", "--ruid", caller];
  const where = rhost === undefined ? [] : ["--rhost", rhost];
  const given = answers.flatMap((answer) => ["--answer", answer]);
  const base = [
    "--confdir",
    folder,
    "--service",
    service,
    "--user",
    user,
    "--tty",
    service === "sshd" ? "ssh" : "pts/9",
  ];
  return [...as, harness, ...base, ...where, ...given];
}

interface Ran {
  readonly out: string;
  readonly err: string;
  readonly pid: number;
}

async function run([program = "", ...args]: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: "/usr/bin:/bin", ...env },
    signal: AbortSignal.timeout(DEADLINE_MS),
    killSignal: "SIGKILL",
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { out, err, pid: child.pid ?? -1 };
}

function shownOf(line: string): readonly string[] {
  const [, kind = "", message = ""] = /^(info|error|prompt-on|prompt-off) (.*)$/.exec(line) ?? [];
  const lines = linesOf(unescaped(message));
  return kind === "prompt-off" ? lines.map((one) => `(typed unseen) ${one}`) : lines;
}

/** pam-run writes bytes below 0x20, 0x7f and the backslash as `\xNN`. */
function unescaped(line: string): string {
  return line.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The lines of a text that show something. */
export function linesOf(shown: string): readonly string[] {
  return shown.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trimEnd()]));
}
