// One booted machine: systemd as its first process, in systemd-nspawn, on a throw-away overlay over the base. Its network
// is the sandbox's, so that the test's emulator and ssh client are on its loopback and nothing else is anywhere.
// It knows nothing of duogate. Only inside a sandbox (sandbox.ts): what it mounts goes with the sandbox.

import { execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Pty, spawnPty } from "./pty.ts";
import { PtyText } from "./pty-text.ts";

/** The overlay's size: what a whole test writes, and little enough for a test to fill it. */
const DISK = "256m";
const BOOT_LIMIT_MS = 90_000;
const LIFE_MS = 10 * 60_000;
const COMMAND_LIMIT_MS = 60_000;
const ENVIRONMENT = [
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  "HOME=/root",
  "LC_ALL=C.UTF-8",
  "TERM=dumb",
  "DEBIAN_FRONTEND=noninteractive",
];

export interface Ended {
  readonly code: number;
  /** Standard output and standard error, in that order. */
  readonly output: string;
}

export interface Machine extends AsyncDisposable {
  /** Where its files can be read and written from outside. /run and /tmp are not there: they are mounts of its own. */
  readonly root: string;
  /** The terminal of its console: what it said while booting, then getty. */
  readonly console: Pty;
  /** Runs a script by its shell as root; rejects, with all that it said, unless it ends with 0. */
  sh(script: string): Promise<string>;
  /** The same, when the end is what is asked. */
  attempt(script: string): Promise<Ended>;
  /** Runs `argv` on a new terminal of the machine as `user`, as a login would have left things. */
  terminal(user: string, argv: readonly string[]): Pty;
  /** The text that a script prints while it runs, for waiting; it is ended with the machine. */
  follow(script: string): PtyText;
  /** Ends it as a power failure would, and returns the layers from which the same disk can be booted again. */
  powerOff(): Promise<readonly string[]>;
  /** Everything in its journal, or in that of one unit. */
  journal(unit?: string): Promise<string>;
}

/**
 * Boots, and resolves when getty asks for a login and systemd has no more to start. Rejects with what it said. `layers`
 * are folders, the upper ones first; what the machine writes goes to a new one above them.
 */
export async function bootMachine(layers: readonly string[]): Promise<Machine> {
  ownControlGroups();
  const { root, upper } = mountOverlay(layers);
  const name = `booted-${basename(dirname(root))}`;
  const options = ["--register=no", "--keep-unit", "--link-journal=no", "--resolv-conf=off", "--timezone=off"];
  const screen = spawnPty(
    [
      "systemd-nspawn",
      `--directory=${root}`,
      `--machine=${name}`,
      ...options,
      "--hostname=booted.test",
      "--console=interactive",
      "--boot",
    ],
    { deadlineMs: LIFE_MS },
  );
  await screen.waitFor(/ login: $/u, { signal: AbortSignal.timeout(BOOT_LIMIT_MS) }).catch(async (error: unknown) => {
    await screen[Symbol.asyncDispose]();
    throw error;
  });
  const leader = leaderOf(name);
  const enter = ["--target", String(leader), "--all", "env", "-i", ...ENVIRONMENT];
  const attempt = (script: string) => execute("nsenter", [...enter, "sh", "-c", script]);
  const sh = async (script: string) => {
    const { code, output } = await attempt(script);
    if (code !== 0) throw new Error(`in the booted machine: ${script}\nended with ${code}:\n${output}`);
    return output;
  };
  let isOn = true;
  const powerOff = async () => {
    if (isOn) {
      isOn = false;
      process.kill(leader, "SIGKILL");
      await screen.exit.catch(() => undefined);
      execFileSync("umount", ["--recursive", "--lazy", root]);
    }
    return [upper, ...layers];
  };
  const machine: Machine = {
    root,
    console: screen,
    sh,
    attempt,
    follow: (script) => followed(enter, script),
    terminal: (user, argv) => spawnPty(["nsenter", ...enter, ...onTerminal(user, argv)]),
    journal: (unit) => sh(`journalctl --no-pager --output=short-precise ${unit === undefined ? "" : `--unit=${unit}`}`),
    powerOff,
    async [Symbol.asyncDispose]() {
      await powerOff();
    },
  };
  const state = await attempt("systemctl is-system-running --wait");
  if (!["running\n", "degraded\n"].includes(state.output)) throw new Error(`the booted machine is ${state.output}`);
  return machine;
}

/**
 * systemd needs the unified hierarchy. Where the machine has the old ones, the sandbox gets a view of its own; the
 * machine's stays as it is.
 */
function ownControlGroups(): void {
  if (existsSync("/sys/fs/cgroup/cgroup.controllers")) return;
  while (readFileSync("/proc/self/mountinfo", "utf8").includes(" /sys/fs/cgroup ")) {
    execFileSync("umount", ["--recursive", "/sys/fs/cgroup"]);
  }
  execFileSync("mount", ["-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"]);
}

function mountOverlay(layers: readonly string[]): { readonly root: string; readonly upper: string } {
  const disk = mkdtempSync("/run/private/machine-");
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK},mode=0755`, "booted-disk", disk]);
  const upper = join(disk, "upper");
  const work = join(disk, "work");
  const root = join(disk, "root");
  for (const folder of [upper, work, root]) mkdirSync(folder, { mode: 0o755 });
  const options = `lowerdir=${layers.join(":")},upperdir=${upper},workdir=${work}`;
  execFileSync("mount", ["-t", "overlay", "-o", options, "booted-root", root]);
  return { root, upper };
}

/** Its first process, seen from here: the child of the systemd-nspawn that has its name. */
function leaderOf(name: string): number {
  const nspawn = readdirSync("/proc").find(
    (pid) => /^\d+$/u.test(pid) && commandLine(pid).includes(`--machine=${name}`),
  );
  const child = readFileSync(`/proc/${nspawn}/task/${nspawn}/children`, "utf8").trim();
  if (!/^\d+$/u.test(child)) throw new Error("systemd-nspawn has no child");
  return Number(child);
}

function commandLine(pid: string): readonly string[] {
  const [program = "", ...args] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  return program.endsWith("systemd-nspawn") ? args : [];
}

/** script gives the program a terminal that the machine knows; the test's own terminal is none of its devices. */
function onTerminal(user: string, argv: readonly string[]): readonly string[] {
  const quoted = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const login =
    user === "root"
      ? quoted
      : `setpriv --reuid=${user} --regid=${user} --init-groups env HOME=/home/${user} USER=${user} LOGNAME=${user} ${quoted}`;
  return ["script", "--quiet", "--return", "--command", `cd / && exec ${login}`, "/dev/null"];
}

function followed(enter: readonly string[], script: string): PtyText {
  const text = new PtyText(script, COMMAND_LIMIT_MS);
  const child = spawn("nsenter", [...enter, "sh", "-c", script], { stdio: ["ignore", "pipe", "inherit"] });
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => text.feed(chunk));
  child.once("close", (code) => text.end(`it ended with ${code}`));
  return text;
}

function execute(program: string, args: readonly string[]): Promise<Ended> {
  const options = { timeout: COMMAND_LIMIT_MS, killSignal: "SIGKILL", maxBuffer: 64 << 20 } as const;
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 255;
      resolve({ code, output: `${stdout}${stderr}` });
    });
  });
}
