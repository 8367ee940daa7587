// Plays every scenario through Duo Unix and through duogate, once, and holds each to the list of intended differences and all
// of them to docs/PARITY.md. As root it runs in the sandbox, which has accounts and groups; else those scenarios are skipped.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { before, test } from "node:test";
import { missingLoginDuo, missingPamDuo } from "../support/official-duo-unix.ts";
import { makeParityAccounts } from "../support/parity-accounts.ts";
import { type Played, type PlayedOrFailed, playAll } from "../support/parity-play.ts";
import { complaints, listComplaints, renderParity } from "../support/parity-report.ts";
import { needsAccounts, type PlacedScenario } from "../support/parity-scenario.ts";
import { readSyslogFrom, seesSyslog } from "../support/parity-syslog.ts";
import { repositoryFile } from "../support/repository.ts";
import { cannotRun, SANDBOX_VARIABLE, type SandboxedSuite, sandboxed } from "../support/sandbox.ts";
import { INTENDED } from "./intended.ts";
import { REASONS } from "./reasons.ts";
import { SCENARIOS } from "./scenarios.ts";

const UPDATE = "DUOGATE_UPDATE_PARITY";
const DOCUMENT = repositoryFile("docs/PARITY.md");
const MINIMUM = 60;

type Suite = Pick<SandboxedSuite, "before"> & {
  readonly test: (name: string, body: () => void) => void;
};

const withoutSandbox = cannotRun([]);
const noPam = missingPamDuo();
const noLogin = missingLoginDuo();
const skips = new Map(SCENARIOS.map((scenario) => [scenario.name, skipReason(scenario)]));
const skipped = SCENARIOS.flatMap(({ name }) => skips.get(name) ?? []);
const results = new Map<string, PlayedOrFailed>();

if (withoutSandbox === undefined) {
  const suite = await sandboxed(import.meta.url, []);
  if (process.env[SANDBOX_VARIABLE] !== undefined) readSyslogFrom(suite.log);
  suite.before(makeParityAccounts);
  register(suite);
} else {
  register({ before, test: (name, body) => void test(name, body) });
}

function skipReason(scenario: PlacedScenario): string | undefined {
  const missing = scenario.login === undefined ? noPam : noLogin;
  return missing ?? (needsAccounts(scenario) ? withoutSandbox : undefined);
}

function register(suite: Suite): void {
  suite.before(async () => {
    const possible = SCENARIOS.filter(({ name }) => skips.get(name) === undefined);
    for (const result of await playAll(possible)) results.set(result.scenario.name, result);
  });
  for (const { name } of SCENARIOS) {
    const skip = skips.get(name);
    if (skip === undefined) suite.test(name, () => judge(name));
    else if (withoutSandbox !== undefined || process.env[SANDBOX_VARIABLE] !== undefined) test(name, { skip });
  }
  suite.test("every listed difference has a scenario and a reason, once", checkLists);
  // The document has every scenario; a part of them cannot be compared with it.
  if (skipped[0] === undefined) suite.test("docs/PARITY.md is what was just seen", compareDocument);
  else if (withoutSandbox !== undefined || process.env[SANDBOX_VARIABLE] !== undefined) {
    test("docs/PARITY.md is what was just seen", { skip: skipped[0] });
  }
}

function judge(name: string): void {
  const found = complaints(playedOf(name), INTENDED);
  assert.deepEqual(seesSyslog() ? found : found.filter((complaint) => !complaint.startsWith("logged ")), []);
}

function checkLists(): void {
  const names = SCENARIOS.map(({ name }) => name);
  assert.ok(names.length >= MINIMUM);
  assert.deepEqual(listComplaints(names, INTENDED, REASONS), []);
}

function compareDocument(): void {
  const written = renderParity(
    SCENARIOS.map(({ name }) => playedOf(name)),
    INTENDED,
    REASONS,
  );
  if (process.env[UPDATE] === "1") writeFileSync(DOCUMENT, written);
  assert.equal(
    readFileSync(DOCUMENT, "utf8"),
    written,
    "read the difference, then: node dist/test/parity/main.js --write",
  );
}

function playedOf(name: string): Played {
  const result = results.get(name);
  if (result === undefined) throw new Error(`${name} was not played`);
  if ("failure" in result) throw result.failure;
  return result;
}
