// Runs Debian's Duo Unix (libpam-duo, login-duo) against an emulator: what it showed, what it logged, how it ended.
// The module is loaded by native/build/pam-run from a private folder, never by a stack of this machine; login_duo runs as
// a copy without its setuid bit, so it does as it is told with and without root. For the parity, fault and bench suites.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { DuoPlace } from "./gateway.ts";
import { type DuoConf, withDuoConf } from "./official-place.ts";
import { spawnPty } from "./pty.ts";
import { repositoryFile } from "./repository.ts";

/** A login. Answers that are too few end the conversation; further ones are not used. */
export interface OfficialLogin {
  readonly emulator: DuoPlace;
  /** pam_duo: an account of this machine. login_duo: the Duo user name, whatever the account. */
  readonly user: string;
  readonly answers?: readonly string[];
  readonly rhost?: string;
  /** Options of the `[duo]` section beside the keys, cafile and `failmode = secure`. */
  readonly conf?: DuoConf;
  readonly env?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
}

/** A login with login_duo. */
export interface LoginDuoLogin extends OfficialLogin {
  /** What runs after success; `true` unless given. */
  readonly command?: string;
  /** Without a terminal login_duo is headless: one attempt with the default factor, nothing shown. True unless given. */
  readonly terminal?: boolean;
}

/** A login with pam_duo. */
export interface PamDuoLogin extends OfficialLogin {
  /** The PAM service: `sshd` makes pam_duo wait for auth without polls; `sudo` unless given. */
  readonly service?: string;
}

/** How it went. */
export interface OfficialRun {
  /** The PAM return code, or the exit status of login_duo. */
  readonly code: number;
  /** pam_duo: `prompt-on TEXT` and `info TEXT`, one per message. login_duo: the lines of the screen. */
  readonly transcript: readonly string[];
  /** `[PRIORITY] TEXT`, as its debug mode writes instead of calling syslog. */
  readonly log: readonly string[];
}

const harness = repositoryFile("native/build/pam-run");
const loginDuo = "/usr/sbin/login_duo";
const defaultDeadlineMs = 60_000;
const usualPath = { PATH: "/usr/bin:/bin" };

/** Where Debian put the module; undefined without it. */
export function pamDuoModule(): string | undefined {
  const folders = ["/lib", "/usr/lib"].flatMap((lib) =>
    readdirSync(lib)
      .filter((name) => name.endsWith("-linux-gnu"))
      .map((name) => join(lib, name, "security")),
  );
  return folders.map((folder) => join(folder, "pam_duo.so")).find((file) => existsSync(file));
}

/** Why pam_duo cannot be run here, for a skip; `undefined` if it can. */
export function missingPamDuo(): string | undefined {
  if (pamDuoModule() === undefined) return "libpam-duo is not installed; the set-up installs it";
  return existsSync(harness) ? undefined : "native/build/pam-run is not built; run: make -C native harness";
}

function ownShell(): string {
  try {
    return userInfo().shell ?? "";
  } catch {
    // An account that no data base knows; login_duo refuses it too.
    return "";
  }
}

/** Why login_duo cannot be run here, for a skip; `undefined` if it can. */
export function missingLoginDuo(): string | undefined {
  if (!existsSync(loginDuo)) return "login-duo is not installed; the set-up installs it";
  const shell = ownShell();
  if (shell !== "" && !/\/(?:nologin|false)$/.test(shell)) return undefined;
  return "login_duo runs its command with the account's shell, and the account that runs the tests has none";
}

function linesOf(output: string): readonly string[] {
  return output.split("\n").filter((line) => line !== "");
}

/** pam-run writes bytes below 0x20, 0x7f and the backslash as `\xNN`. */
function unescaped(line: string): string {
  return line.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function runProgram(argv: readonly string[], login: OfficialLogin): Promise<Ended> {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...usualPath, ...login.env },
    signal: AbortSignal.timeout(login.deadlineMs ?? defaultDeadlineMs),
    killSignal: "SIGKILL",
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: typeof code === "number" ? code : null, out, err };
}

/** Runs pam_authenticate with Debian's pam_duo as the only line of the stack. Throws when pam_duo did not come to a code. */
export function runPamDuo(login: PamDuoLogin): Promise<OfficialRun> {
  const { service = "sudo", answers = [], rhost } = login;
  return withDuoConf(login.emulator, login.conf, async (folder, confFile) => {
    const stack = `auth required ${pamDuoModule() ?? "pam_duo.so"} conf=${confFile} debug\n`;
    writeFileSync(join(folder, service), `${stack}account required pam_permit.so\n`);
    writeFileSync(join(folder, "other"), "auth required pam_deny.so\naccount required pam_deny.so\n");
    const given = answers.flatMap((answer) => ["--answer", answer]);
    const where = rhost === undefined ? [] : ["--rhost", rhost];
    const base = ["--confdir", folder, "--service", service, "--user", login.user];
    const { out, err } = await runProgram([harness, ...base, ...where, ...given], login);
    const lines = linesOf(out);
    const result = lines.find((line) => line.startsWith("result "));
    if (result === undefined) throw new Error(`pam-run gave no result: ${out}${err}`);
    const transcript = lines.filter((line) => /^(?:info|error|prompt-on|prompt-off) /.test(line)).map(unescaped);
    return { code: Number(result.slice("result ".length)), transcript, log: linesOf(err) };
  });
}

const endOfInput = "\u0004";
const prompt = /Passcode(?: or option \(1-\d+\))?: $/;

async function onTerminal(argv: readonly string[], login: OfficialLogin): Promise<{ code: number; screen: string }> {
  await using pty = spawnPty(argv, {
    env: { ...usualPath, ...login.env },
    deadlineMs: login.deadlineMs ?? defaultDeadlineMs,
  });
  const asked = (): Promise<boolean> => {
    const yes = pty.waitFor(prompt).then(() => true);
    return yes.catch(() => false);
  };
  for (const answer of login.answers ?? []) {
    if (!(await asked())) break;
    pty.sendLine(answer);
  }
  void asked().then((again) => {
    if (again) pty.send(endOfInput);
  });
  const { code, signal } = await pty.exit;
  if (code === null) throw new Error(`login_duo was ended by ${signal}`);
  return { code, screen: pty.transcript };
}

/** Runs Debian's login_duo, with a terminal unless told otherwise. Throws when it did not end by itself. */
export function runLoginDuo(login: LoginDuoLogin): Promise<OfficialRun> {
  const { command = "true", terminal = true, rhost } = login;
  return withDuoConf(login.emulator, login.conf, async (folder, confFile) => {
    const program = join(folder, "login_duo");
    copyFileSync(loginDuo, program);
    chmodSync(program, 0o755);
    const where = rhost === undefined ? [] : ["-h", rhost];
    const argv = [program, "-c", confFile, "-d", "-f", login.user, ...where, command];
    if (!terminal) {
      const { code, out, err } = await runProgram(argv, login);
      if (code === null) throw new Error(`login_duo was killed: ${err}`);
      return { code, transcript: linesOf(out), log: linesOf(err) };
    }
    const logFile = join(folder, "log");
    const { code, screen } = await onTerminal(["/bin/sh", "-c", 'exec "$@" 2>"$0"', logFile, ...argv], login);
    return { code, transcript: linesOf(screen), log: linesOf(readFileSync(logFile, "utf8")) };
  });
}
