// The small vocabularies of core/: what a verdict is, what class a failure has, and which files may build an allow.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type DuoFailureCode, type FailureClass, failureClass } from "../../../src/core/failure.ts";
import { err, ok } from "../../../src/core/result.ts";
import {
  aborted,
  allowApproved,
  allowBypass,
  allowFailmodeSafe,
  allowOutsideGroups,
  deny,
} from "../../../src/core/verdict.ts";
import { repositoryFile } from "../../support/repository.ts";

const CLASSES: Readonly<Record<DuoFailureCode, FailureClass>> = {
  "resolve-failed": "outage",
  "connect-failed": "outage",
  "connect-timeout": "outage",
  "tls-failed": "outage",
  "connection-lost": "outage",
  timeout: "outage",
  "server-error": "outage",
  "bad-keys": "misconfiguration",
  "bad-signature": "misconfiguration",
  forbidden: "misconfiguration",
  "bad-clock": "misconfiguration",
  "proxy-refused": "misconfiguration",
  "local-trouble": "local",
  "bad-request": "refused",
  "rate-limited": "refused",
  "unexpected-status": "nonsense",
  "invalid-response": "nonsense",
  "response-too-large": "nonsense",
  cancelled: "cancelled",
};

describe("failureClass", () => {
  for (const [code, wanted] of Object.entries(CLASSES) as [DuoFailureCode, FailureClass][]) {
    it(`${code} is ${wanted}`, () => assert.equal(failureClass(code), wanted));
  }
});

describe("Verdict", () => {
  it("has its reason beside it", () => {
    assert.deepEqual(
      [allowApproved(), allowBypass(), allowOutsideGroups(), allowFailmodeSafe()].map(({ kind, reason }) => [
        kind,
        reason,
      ]),
      [
        ["allow", "duo-approved"],
        ["allow", "duo-bypass"],
        ["allow", "outside-groups"],
        ["allow", "failmode-safe"],
      ],
    );
    assert.deepEqual(deny("duo-denied"), { kind: "deny", reason: "duo-denied" });
    assert.deepEqual(aborted("helper-gone"), { kind: "aborted", reason: "helper-gone" });
  });

  it("becomes an allow in four known files only", () => {
    const source = repositoryFile("src");
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    const users = (name: string) =>
      files.filter((file) => readFileSync(join(source, file), "utf8").includes(`${name}(`)).sort();
    assert.deepEqual(users("allowApproved"), ["core/verdict.ts", "login/settle.ts"]);
    assert.deepEqual(users("allowBypass"), ["core/verdict.ts", "login/attempt.ts"]);
    assert.deepEqual(users("allowOutsideGroups"), ["core/verdict.ts", "login/gate.ts"]);
    assert.deepEqual(users("allowFailmodeSafe"), ["core/verdict.ts", "policy/outcome.ts"]);
    // The brand can be forged by a cast alone: there is one, where the functions above are.
    assert.deepEqual(
      files.filter((file) => /\bas (Allow|Verdict)\b/.test(readFileSync(join(source, file), "utf8"))),
      ["core/verdict.ts"],
    );
  });
});

describe("Result", () => {
  it("is a value either way", () => {
    assert.deepEqual(
      [ok(1), err("x")],
      [
        { ok: true, value: 1 },
        { ok: false, error: "x" },
      ],
    );
  });
});
