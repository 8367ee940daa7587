// What the fault matrix prints: the sums per stage and dialect, and every cell that was not as expected, in full. The whole
// table goes to dist/fault-matrix.txt. Called by matrix.test.ts; asserts nothing.

import { writeFileSync } from "node:fs";
import { repositoryFile } from "../support/repository.ts";
import { type Cell, DIALECTS, type Failmode } from "./cells.ts";
import { STEPS } from "./failures.ts";
import type { CellReport } from "./lane.ts";

interface Line {
  readonly stage: string;
  readonly dialect: string;
  readonly text: string;
  readonly asExpected: boolean;
}

const HEAD = "dialect | failmode | step | failure | verdict | reason | PAM | pushes | auths | log | time";

export class MatrixTable {
  readonly #lines: Line[] = [];

  add(cell: Cell, report: CellReport, asExpected: boolean): void {
    const { dialect, failmode, step, name, target } = cell;
    const { verdict, reason, pam, rings, auths, failures, ms } = report;
    const seen = [verdict, reason, pam, rings, auths, failures.join() || "-", `${ms} ms`];
    const text = [dialect, failmode, step, name, ...seen].join(" | ");
    const { verdict: wanted, ...rest } = cell.expected;
    const note = asExpected
      ? ""
      : `\n  expected: ${[wanted, ...Object.values(rest), cell.codes.join(" or ") || "-"].join(" | ")}`;
    this.#lines.push({ stage: target ?? step, dialect, text: text + note, asExpected });
  }

  addUnresolved(
    dialect: string,
    failmode: Failmode,
    { code, reason, ms }: { readonly code: string; readonly reason: string; readonly ms: number },
  ): void {
    const asExpected = reason === `failmode-${failmode}`;
    const text = `${dialect} | ${failmode} | preauth | name without an address | ${reason} | ${code} | ${ms} ms`;
    this.#lines.push({ stage: "resolve", dialect, text, asExpected });
  }

  /** Nothing where no cell was run. */
  publish(): void {
    if (this.#lines.length === 0) return;
    const all = this.#lines.map(({ text }) => text).sort();
    writeFileSync(repositoryFile("dist/fault-matrix.txt"), `${[HEAD, ...all].join("\n")}\n`);
    const unexpected = this.#lines.filter(({ asExpected }) => !asExpected);
    const words =
      unexpected.length === 0 ? ["every cell as expected"] : unexpected.map(({ text }) => `UNEXPECTED ${text}`);
    process.stdout.write(`${[...this.#sums(), ...words, "the whole table: dist/fault-matrix.txt"].join("\n")}\n`);
  }

  #sums(): readonly string[] {
    const row = (cells: readonly (string | number)[]): string =>
      cells.map((cell, i) => (i === 0 ? String(cell).padEnd(14) : String(cell).padStart(7))).join("");
    const count = (stage: string | undefined, dialect: string | undefined): number =>
      this.#lines.filter((line) => (stage ?? line.stage) === line.stage && (dialect ?? line.dialect) === line.dialect)
        .length;
    const stages = ["resolve", "connect", "tls", ...STEPS];
    const columns = [...DIALECTS, undefined];
    return [
      row(["cells", ...DIALECTS, "all"]),
      ...stages.map((stage) => row([stage, ...columns.map((dialect) => count(stage, dialect))])),
      row(["all", ...columns.map((dialect) => count(undefined, dialect))]),
    ];
  }
}
