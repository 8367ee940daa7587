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

/** Compiles test/support/`name`.c to a program. A missing compiler fails the test: the build needs one, too. */
export function compile(t: TestContext, name: string): string {
  return cc(join(privateFolder(t), name), name, []);
}

/** Compiles test/support/`name`.c to a PAM module. */
export function compileModule(t: TestContext, name: string): string {
  return cc(join(privateFolder(t), `${name}.so`), name, ["-shared", "-fPIC", "-lpam"]);
}

function cc(output: string, name: string, options: readonly string[]): string {
  const source = repositoryFile(`test/support/${name}.c`);
  const args = ["-std=c11", "-D_DEFAULT_SOURCE", "-Wall", "-Wextra", "-Werror", "-o", output, source, ...options];
  execFileSync("cc", args, { stdio: "inherit" });
  return output;
}
