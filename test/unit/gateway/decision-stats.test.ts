// What is kept of decisions: bounded, without what could harm a terminal; followers hear of each once, after the login.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deny } from "../../../src/core/verdict.ts";
import { DECISIONS_KEPT, DecisionStats, type DecisionSummary } from "../../../src/gateway/decision-stats.ts";
import type { Decision } from "../../../src/gateway/ports.ts";
import { emptyRecord } from "../../../src/login/record.ts";
import { turn } from "../../support/fake-clock.ts";

function decision(user: string, change: Partial<Decision> = {}): Decision {
  const seen = { rhostTrusted: true, interactive: true, showsMessages: true, callerUid: 0, budgetMs: 1 };
  return {
    transaction: `tx-${user}`,
    door: "pam",
    peer: { pid: 1, uid: 0 },
    facts: { user, service: "sshd", rhost: "203.0.113.5", ...seen },
    verdict: deny("duo-denied"),
    record: { ...emptyRecord(), duoUser: user, factor: "push", userMs: 20.4 },
    durationMs: 30.6,
    ...change,
  };
}

function add(stats: DecisionStats, one: Decision): void {
  stats.count(one);
  stats.keep(one, 0);
}

describe("decisions", () => {
  it("are counted, and the last ones kept, newest first", () => {
    const stats = new DecisionStats();
    for (let number = 0; number < DECISIONS_KEPT + 50; number += 1) add(stats, decision(`u${number}`));
    assert.deepEqual(stats.counts, { "deny duo-denied": DECISIONS_KEPT + 50 });
    const all = stats.last(10_000);
    assert.equal(all.length, DECISIONS_KEPT);
    assert.equal(all[0]?.user, `u${DECISIONS_KEPT + 49}`);
    assert.equal(stats.last(3).length, 3);
    assert.deepEqual(stats.last(0), []);
  });

  it("hold what an administrator needs, and names that are safe to display", () => {
    const stats = new DecisionStats();
    const record = { ...emptyRecord(), duoUser: "anna\u202e", factor: "push", userMs: 20.4 };
    stats.keep(decision("al\u001b[2Jice\nx", { record }), Date.UTC(2026, 10, 22));
    assert.deepEqual(stats.last(1), [
      {
        at: "2026-11-22T00:00:00.000Z",
        transaction: "tx-al\u001b[2Jice\nx",
        user: "al?[2Jice x",
        duoUser: "anna?",
        service: "sshd",
        rhost: "203.0.113.5",
        verdict: "deny",
        reason: "duo-denied",
        factor: "push",
        failure: undefined,
        durationMs: 31,
        userMs: 20,
      },
    ]);
  });

  it("reach followers after the login has gone on, until they leave", async () => {
    const stats = new DecisionStats();
    const heard: DecisionSummary[] = [];
    const leave = stats.follow((one) => heard.push(one));
    assert.equal(stats.followers, 1);
    add(stats, decision("alice"));
    assert.equal(heard.length, 0, "a follower was told while the login waited");
    await turn();
    assert.deepEqual(
      heard.map(({ user }) => user),
      ["alice"],
    );
    leave();
    add(stats, decision("bob"));
    await turn();
    assert.equal(heard.length, 1);
    assert.equal(stats.followers, 0);
  });
});
