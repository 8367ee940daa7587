// npm run mutation: breaks the program in each way of the list and expects a test to fail. Words as arguments run only the
// mutants whose file or text has one of them; --write writes docs/MUTATION.md after a whole run. Ends with 1 where a mutant
// survived that should not, or a harmless one was noticed, with 2 where the list is at fault.

import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { repositoryFile } from "../support/repository.ts";
import { Copy } from "./copy.ts";
import { MUTANTS } from "./list.ts";
import type { Mutant } from "./mutant.ts";
import { type Judged, renderReport } from "./report.ts";

const words = process.argv.slice(2).filter((word) => word !== "--write");
const write = process.argv.includes("--write");
const wanted = MUTANTS.filter(
  ({ file, text }) => words.length === 0 || words.some((word) => file.includes(word) || text.includes(word)),
);

function testsOf({ file, tests }: Mutant): readonly string[] {
  return file.startsWith("native/") ? ["c", ...tests] : tests;
}

/** A test that fails without a mutant would seem to notice every one. */
function requireGreen(copy: Copy): void {
  for (const name of new Set(wanted.flatMap(testsOf))) {
    const ended = copy.test(name);
    if (ended.kind === "passed") continue;
    process.stderr.write(`${name} fails without any mutant:\n${ended.output}\n`);
    fault = true;
  }
}

function killerOf(copy: Copy, mutant: Mutant): string | undefined {
  try {
    return copy.with(mutant, () => testsOf(mutant).find((name) => copy.test(name).kind === "failed"));
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    fault = true;
    return undefined;
  }
}

function judge(copy: Copy, mutant: Mutant): Judged {
  const killer = killerOf(copy, mutant);
  const expected = (killer === undefined) === (mutant.harmless !== undefined);
  const outcome = killer === undefined ? "SURVIVED" : `noticed by ${killer}`;
  const text = mutant.text.trim().split("\n")[0] ?? "";
  process.stdout.write(`${expected ? "  " : "! "}${outcome.padEnd(38)} ${mutant.file}: ${text}\n`);
  survived ||= !expected;
  return { mutant, killer };
}

let fault = false;
let survived = false;
setPriority(10);
const copy = new Copy();
try {
  requireGreen(copy);
  if (!fault) {
    const judged = wanted.map((mutant) => judge(copy, mutant));
    const left = judged.filter(({ killer }) => killer === undefined).length;
    process.stdout.write(`${judged.length} mutants, ${left} of them survived\n`);
    if (write && words.length === 0 && !fault) {
      const date = new Date().toISOString().slice(0, 10);
      writeFileSync(repositoryFile("docs/MUTATION.md"), renderReport(judged, date));
    }
  }
} finally {
  copy.remove();
}
process.exitCode = fault ? 2 : survived ? 1 : 0;
