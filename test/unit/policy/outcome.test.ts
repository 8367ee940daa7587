// The total table of outages: every failure, in each phase, under each failmode. SECURITY: the allows are counted.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DuoFailureCode, DuoStage } from "../../../src/core/failure.ts";
import { type Failmode, mayChooseAgain, outcomeOf, type Phase } from "../../../src/policy/outcome.ts";
import { failure } from "../../support/fake-duo.ts";

const OUTAGE = ["allow failmode-safe", "unavailable failmode-secure", "unavailable outage-after-factor"] as const;
const same = (verdict: string) => [verdict, verdict, verdict] as const;

/** Columns: before-factor and safe, before-factor and secure, after-factor under either. */
const TABLE: Readonly<Record<DuoFailureCode, readonly [string, string, string]>> = {
  "resolve-failed": OUTAGE,
  "connect-failed": OUTAGE,
  "connect-timeout": OUTAGE,
  "tls-failed": OUTAGE,
  "connection-lost": OUTAGE,
  timeout: OUTAGE,
  "server-error": OUTAGE,
  "bad-keys": same("misconfigured duo-keys"),
  "bad-signature": same("misconfigured duo-keys"),
  forbidden: same("misconfigured duo-keys"),
  "bad-clock": same("misconfigured duo-clock"),
  "proxy-refused": same("misconfigured duo-proxy"),
  "local-trouble": same("deny local-trouble"),
  "bad-request": same("deny duo-refused"),
  "rate-limited": same("deny duo-refused"),
  "unexpected-status": same("deny duo-nonsense"),
  "invalid-response": same("deny duo-nonsense"),
  "response-too-large": same("deny duo-nonsense"),
  cancelled: same("deny out-of-time"),
};
const CELLS: readonly (readonly [Phase, Failmode, 0 | 1 | 2])[] = [
  ["before-factor", "safe", 0],
  ["before-factor", "secure", 1],
  ["after-factor", "safe", 2],
  ["after-factor", "secure", 2],
];
const rows = Object.entries(TABLE) as [DuoFailureCode, readonly [string, string, string]][];

describe("outcomeOf", () => {
  for (const [code, columns] of rows) {
    for (const [phase, failmode, column] of CELLS) {
      it(`${code}, ${phase}, ${failmode}: ${columns[column]}`, () => {
        const { kind, reason } = outcomeOf(failure(code), phase, failmode);
        assert.equal(`${kind} ${reason}`, columns[column]);
      });
    }
  }

  it("lets in for an outage before a factor under failmode = safe, and never else", () => {
    const allows = rows.flatMap(([code]) =>
      CELLS.filter(([phase, failmode]) => outcomeOf(failure(code), phase, failmode).kind === "allow").map(
        ([phase, failmode]) => `${phase} ${failmode}`,
      ),
    );
    assert.deepEqual(allows, Array(7).fill("before-factor safe"));
  });
});

describe("mayChooseAgain", () => {
  it("is for an auth that Duo refused as a bad request, and for nothing else", () => {
    const stages: readonly DuoStage[] = ["resolve", "connect", "tls", "ping", "preauth", "auth", "auth_status"];
    const again = rows.flatMap(([code]) =>
      stages.filter((stage) => mayChooseAgain({ ...failure(code), stage })).map((stage) => `${code} ${stage}`),
    );
    assert.deepEqual(again, ["bad-request auth"]);
  });
});
