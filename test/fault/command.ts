// The duogate command as a process that ends by itself: exit code and words. Used by the integration and fault tests.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { repositoryFile } from "../support/repository.ts";

export interface Ended {
  /** Exit code, or the signal's name. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that should have ended is killed after this, and counts as one that hangs. */
const LIMIT_MS = 8000;

export function duogate(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [repositoryFile("dist/src/main.js"), ...args], {
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (bytes: Buffer) => {
    stdout += bytes.toString();
  });
  child.stderr.on("data", (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  return new Promise((resolve) => {
    child.once("close", (code, signal) => resolve({ code: code ?? signal ?? "unknown", stdout, stderr }));
  });
}

/** A folder with a short name, since paths of sockets are short, that ends with the test. */
export function testFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "duogate-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
