// A copy of the checkout in which mutants are built and tested, so that none is ever left in the real one. Readable by every
// user, because some tests become another one.

import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryFile } from "../support/repository.ts";
import type { Mutant } from "./mutant.ts";

const TREES = ["src", "test", "native", "dist", "conf", "docs", "systemd", "packaging"];
const FILES = [
  "biome.json",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "README.md",
  "SECURITY.md",
  "CHANGELOG.md",
];
const TEST_SECONDS = 120;

export type Ending = { readonly kind: "passed" } | { readonly kind: "failed"; readonly output: string };

export class Copy {
  readonly #folder: string;

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), "duogate-mutation-"));
    chmodSync(this.#folder, 0o755);
    for (const name of TREES)
      cpSync(repositoryFile(name), join(this.#folder, name), { recursive: true, preserveTimestamps: true });
    for (const name of FILES) cpSync(repositoryFile(name), join(this.#folder, name));
    symlinkSync(repositoryFile("node_modules"), join(this.#folder, "node_modules"));
  }

  /** Runs `work` while the mutant stands in the copy's source, built. Throws when it does not compile. */
  with<T>({ file, text, instead }: Mutant, work: () => T): T {
    const path = join(this.#folder, file);
    const before = readFileSync(path, "utf8");
    if (!before.includes(text)) throw new Error(`${file} does not have ${JSON.stringify(text)}`);
    writeFileSync(
      path,
      before.replace(text, () => instead),
    );
    try {
      this.build(file);
      return work();
    } finally {
      writeFileSync(path, before);
      this.build(file);
    }
  }

  build(file: string): void {
    const command = file.startsWith("native/")
      ? ["make", "--silent", "-C", "native", "harness"]
      : // Types would forbid some mutants that the program could well have.
        ["npx", "tsc", "--noCheck", "--project", "tsconfig.json"];
    const ended = this.#run(command);
    if (ended.kind === "failed") throw new Error(`the mutant of ${file} does not compile: ${ended.output}`);
  }

  /** One test file below test/, or `c`: the C unit tests. */
  test(name: string): Ending {
    if (name === "c") return this.#run(["make", "--silent", "-C", "native", "check"]);
    // Not --test: a file alone needs no second process, and the group that timeout ends has all of it.
    return this.#run([process.execPath, join(this.#folder, `dist/test/${name}.test.js`)]);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #run(command: readonly string[]): Ending {
    const limited = ["--kill-after=5", String(TEST_SECONDS), ...command];
    const { status, stdout, stderr } = spawnSync("timeout", limited, { cwd: this.#folder, encoding: "utf8" });
    return status === 0 ? { kind: "passed" } : { kind: "failed", output: `${stdout}${stderr}`.slice(-4000) };
  }
}
