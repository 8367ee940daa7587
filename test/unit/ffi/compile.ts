// Builds one of the small C programs in test/support. Owns the compiler call only. Used by the ffi tests.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { repositoryFile } from "../../support/repository.ts";

/** A private folder that goes away with the test. */
export function privateFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "duogate-ffi-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Compiles test/support/`name`.c and returns the program's path. A missing compiler fails the test: the build needs it too. */
export function compile(t: TestContext, name: string): string {
  const program = join(privateFolder(t), name);
  const source = repositoryFile(`test/support/${name}.c`);
  execFileSync("cc", ["-std=c11", "-Wall", "-Wextra", "-Werror", "-o", program, source], { stdio: "inherit" });
  return program;
}
