// docs/FAILURES.md and the code that decides hold together, and the table keeps the house's rule about failmode.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DUO_FAILURE_CODES, failureClass } from "../../src/core/failure.ts";
import { failureRows, renderFailures } from "../support/failure-table.ts";
import { repositoryFile } from "../support/repository.ts";

test("docs/FAILURES.md is what the code decides", () => {
  assert.equal(readFileSync(repositoryFile("docs/FAILURES.md"), "utf8"), renderFailures());
});

test("the table is total: every failure, both phases, both failmodes", () => {
  for (const code of DUO_FAILURE_CODES) {
    const rows = failureRows().filter((row) => row.code === code);
    assert.deepEqual(new Set(rows.map(({ phase }) => phase)), new Set(["before-factor", "after-factor"]));
    assert.deepEqual(new Set(rows.map(({ failmode }) => failmode)), new Set(["safe", "secure"]));
  }
});

test("only a proven outage before a factor was asked for, under failmode = safe, lets in", () => {
  for (const row of failureRows()) {
    const outage = failureClass(row.code) === "outage";
    assert.equal(row.verdict === "allow", outage && row.phase === "before-factor" && row.failmode === "safe", row.code);
  }
});
