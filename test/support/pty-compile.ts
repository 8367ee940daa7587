// Compiles the C helpers of the tests on demand, beside the compiled tests. Safe when several test files start at
// once: each compiles to a name of its own and renames. Called by pty.ts and sandbox.ts.

import { execFileSync } from "node:child_process";
import { renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { repositoryFile } from "./repository.ts";

const FLAGS = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wformat=2", "-Werror"];

/** The path of the program made from test/support/NAME.c. Throws, with the compiler's words, when it does not compile. */
export function compiledHelper(name: string): string {
  const source = repositoryFile(`test/support/${name}.c`);
  const program = join(import.meta.dirname, name);
  if (changedAt(program) < changedAt(source)) {
    const own = `${program}.${process.pid}`;
    execFileSync("cc", [...FLAGS, "-o", own, source, "-lutil"], { stdio: ["ignore", "inherit", "inherit"] });
    renameSync(own, program);
  }
  return program;
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
