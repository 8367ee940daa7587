// Decisions on a terminal: whatever name a user chose, or a daemon sent, moves no cursor, turns no text around and breaks no line.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { asDecision, decisionLine, safeJson } from "../../../../src/cli/control/decision-line.ts";
import type { DecisionSummary } from "../../../../src/gateway/decision-stats.ts";

const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const DECISION: DecisionSummary = {
  at: new Date(2026, 10, 22, 0, 41, 2).toISOString(),
  transaction: "tx-1",
  user: "alice",
  service: "sshd",
  rhost: "203.0.113.5",
  verdict: "allow",
  reason: "duo-approved",
  factor: "push",
  durationMs: 2345,
  userMs: 2000,
};

describe("a decision's line", () => {
  it("says when, what, why, who, from where and how", () => {
    const line = decisionLine(DECISION, false);
    assert.equal(line, "2026-11-22 00:41:02  allow         duo-approved     alice sshd from 203.0.113.5; push, 2.3 s");
    const failed = {
      ...DECISION,
      duoUser: "anna",
      rhost: undefined,
      factor: undefined,
      failure: "timeout",
      durationMs: 3,
    };
    assert.match(decisionLine(failed, false), / alice \(at Duo: anna\) sshd; timeout, 3 ms$/);
  });

  it("has colours only where they are wanted: red for no, yellow for an allow without Duo's word", () => {
    const colour = (change: Partial<DecisionSummary>) =>
      decisionLine({ ...DECISION, ...change }, true)
        .split("\u001b")
        .map((part) => part.slice(0, 4));
    assert.match(colour({}).join(), /\[32m,\[0m/);
    assert.match(colour({ reason: "failmode-safe" }).join(), /\[33m,\[0m/);
    assert.match(colour({ verdict: "deny" }).join(), /\[31m,\[0m/);
    assert.ok(!decisionLine(DECISION, false).includes("\u001b"));
  });

  it("is one line of safe characters, and so is its JSON, whatever is in it", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\u001b]0;x\u0007", "\u202eevil", "\u009b2J", "a\nb"),
    );
    const any = fc.record({
      at: text,
      user: text,
      service: text,
      rhost: text,
      verdict: text,
      reason: text,
      factor: text,
    });
    fc.assert(
      fc.property(any, (fields) => {
        const decision = { ...DECISION, ...fields, duoUser: fields.user, failure: fields.reason };
        assert.doesNotMatch(decisionLine(decision, false), UNSAFE);
        const json = safeJson(decision);
        assert.doesNotMatch(json, UNSAFE);
        assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(decision)));
      }),
    );
  });
});

describe("what comes over the socket", () => {
  it("is a decision only in its shape", () => {
    assert.equal(asDecision(DECISION), DECISION);
    for (const value of [
      null,
      1,
      "x",
      [],
      {},
      { ...DECISION, user: 7 },
      { ...DECISION, durationMs: "1" },
      { notice: "live" },
    ]) {
      assert.equal(asDecision(value), undefined);
    }
  });
});
