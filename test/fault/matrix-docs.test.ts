// One truth: what the fault matrix expects of each cell is what docs/FAILURES.md says, row for row, and no row of that table is
// without a cell but those named here, with the reason. Runs nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type FailureRow, failureRows, PAM_OF_VERDICT } from "../support/failure-table.ts";
import { type Cell, cells, DIALECTS, endpointOf, FAILMODES } from "./cells.ts";

const every = DIALECTS.flatMap((dialect) => FAILMODES.flatMap((failmode) => cells(failmode, dialect)));

/** The rows of the failures that a cell may meet; a login does not meet those of the daemon's own ping. */
function rowsOf(cell: Cell): readonly FailureRow[] {
  const phase = cell.step === "preauth" || cell.step === "clock-ping" ? "before-factor" : "after-factor";
  const at = cell.step === "clock-ping" ? "preauth" : endpointOf(cell.step);
  const stages: readonly string[] = ["connect", "tls", at];
  const codes = cell.kind === "out-of-time" ? ["cancelled"] : cell.codes;
  return failureRows().filter(
    (row) =>
      codes.includes(row.code) && row.phase === phase && row.failmode === cell.failmode && stages.includes(row.stage),
  );
}

test("each cell that fails expects what docs/FAILURES.md says", () => {
  const failing = every.filter(({ step, kind }) => step !== "ping" && kind !== "fine");
  assert.ok(failing.length > 1000, `${failing.length} cells`);
  for (const cell of failing) {
    const name = `${cell.step}: ${cell.name}, ${cell.failmode}, ${cell.dialect}`;
    const rows = rowsOf(cell);
    assert.ok(rows.length > 0, `${name} has no row`);
    for (const row of rows) {
      const verdict = row.verdict === "again" ? "max-tries" : row.verdict;
      const reason = row.verdict === "again" ? "prompts-used-up" : row.reason;
      const { expected } = cell;
      assert.deepEqual(
        [expected.verdict, expected.reason, expected.pam],
        [verdict, reason, PAM_OF_VERDICT[verdict]],
        name,
      );
    }
  }
});

test("no failure of a ping decides about a login", () => {
  assert.ok(failureRows().every(({ stage }) => stage !== "ping"));
  for (const { step, expected } of every) {
    if (step === "ping") assert.equal(expected.verdict, "allow");
  }
});

/** Rows that no cell meets. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "resolve resolve-failed before-factor": "matrix.test.ts, a host name that cannot be resolved",
  "resolve resolve-failed after-factor":
    "a name cannot lose its address in the middle of a login here; unit tests have it",
  "connect proxy-refused before-factor": "transport tests: there is no proxy here",
  "connect proxy-refused after-factor": "transport tests: there is no proxy here",
  "resolve local-trouble before-factor": "integration, local-trouble.test.ts: what a machine runs out of",
  "resolve local-trouble after-factor": "the same",
  "connect local-trouble before-factor": "the same",
  "connect local-trouble after-factor": "the same",
  "tls local-trouble before-factor": "no one can bring it about from outside; the default of the table",
  "tls local-trouble after-factor": "the same",
  "preauth local-trouble before-factor": "the same",
  "preauth local-trouble after-factor": "the same",
  "auth local-trouble after-factor": "the same",
  "auth_status local-trouble after-factor": "the same",
  "preauth cancelled before-factor": "death.test.ts: the helper goes",
  "preauth cancelled after-factor": "unit tests of login/",
  "auth cancelled after-factor": "unit tests of login/",
};

test("each row of docs/FAILURES.md has cells in every dialect, or its reason why not", () => {
  const name = ({ stage, code, phase }: FailureRow): string => `${stage} ${code} ${phase}`;
  for (const dialect of DIALECTS) {
    const met = new Set(every.filter((cell) => cell.dialect === dialect).flatMap((cell) => rowsOf(cell).map(name)));
    const unmet = new Set(
      failureRows()
        .map(name)
        .filter((row) => !met.has(row)),
    );
    assert.deepEqual([...unmet].sort(), Object.keys(ELSEWHERE).sort(), dialect);
  }
});
