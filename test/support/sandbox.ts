// sandbox.ts: puts a system test file on a private machine. The file is started again inside new mount, process,
// network and host name namespaces (sandbox.sh, sandbox-init.c), and only there do its tests run. Nothing here knows
// duogate. Called at the top of every test/system file.

import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { compiledHelper } from "./pty-compile.ts";
import type { PtyText } from "./pty-text.ts";
import { repositoryFile } from "./repository.ts";
import { noSystemLog, openSystemLog } from "./sandbox-syslog.ts";

/** Set for the command inside. The number is the descriptor on which the lines of the private /dev/log arrive. */
export const SANDBOX_VARIABLE = "DUOGATE_TEST_SANDBOX";

const INSIDE_NEEDS = ["unshare", "setpriv", "mount", "hostname", "useradd", "chpasswd", "cc"];
const NAMESPACES = ["--mount", "--propagation", "private", "--pid", "--mount-proc", "--net", "--uts", "--fork"];
const TEST_TIMEOUT_MS = 120_000;

export interface SandboxedSuite {
  /** Registers a test; outside the sandbox it does nothing, or registers a skipped test when there can be no sandbox. */
  test(name: string, body: (context: TestContext) => void | Promise<void>): void;
  /** What is logged inside. */
  readonly log: PtyText;
  before(hook: () => void | Promise<void>): void;
  after(hook: () => void | Promise<void>): void;
}

/**
 * Call once, at the top of a test file, with its `import.meta.url` and the programs and files that its tests need. Outside, it
 * runs the same file inside the sandbox, waits for it, and takes over its exit code.
 */
export async function sandboxed(fileUrl: string, needs: readonly string[]): Promise<SandboxedSuite> {
  const inside = process.env[SANDBOX_VARIABLE];
  if (inside !== undefined) {
    const log = openSystemLog(Number(inside));
    return { test: (name, body) => void test(name, { timeout: TEST_TIMEOUT_MS }, body), log, before, after };
  }
  const none = { log: noSystemLog(), before: nothing, after: nothing };
  const skip = cannotRun(needs);
  if (skip !== undefined) {
    return { ...none, test: (name) => void test(name, { skip }) };
  }
  const child = enterSandbox([process.execPath, ...process.execArgv, fileURLToPath(fileUrl)], { stdio: "inherit" });
  const [code] = await once(child, "exit");
  process.exitCode = typeof code === "number" ? code : 1;
  return { ...none, test: nothing };
}

/**
 * Starts `argv` as root inside a new sandbox. When the starter dies, by any signal, everything inside is killed and
 * the namespaces vanish: nothing is left to clean up.
 */
export function enterSandbox(argv: readonly string[], options: SpawnOptions): ChildProcess {
  const script = repositoryFile("test/support/sandbox.sh");
  return spawn(
    "setpriv",
    ["--pdeathsig", "KILL", "unshare", ...NAMESPACES, "--kill-child", "--"].concat(
      ["sh", script, compiledHelper("sandbox-init")],
      argv,
    ),
    { ...options, env: { ...process.env, ...options.env, [SANDBOX_VARIABLE]: "3" } },
  );
}

/** The reason why no sandbox can be had, for people. */
export function cannotRun(needs: readonly string[]): string | undefined {
  if (process.geteuid?.() !== 0) {
    return "system tests need root: they start sshd, sudo and su in private namespaces";
  }
  const missing = [...INSIDE_NEEDS, ...needs].filter((need) => !present(need));
  if (missing.length > 0) {
    return `not installed: ${missing.join(", ")} (sh test/support/prepare.sh installs what can be installed)`;
  }
  try {
    execFileSync("unshare", [...NAMESPACES, "true"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "this machine permits no new namespaces (a container needs CAP_SYS_ADMIN)";
  }
}

function present(need: string): boolean {
  if (need.startsWith("/")) {
    return existsSync(need);
  }
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => existsSync(join(folder, need)));
}

function nothing(): void {
  // The file's second run, inside, does what is asked here.
}
