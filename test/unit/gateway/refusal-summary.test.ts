// The bound on the log: whatever a user does on login.sock, few lines come of it, none is lost from the counts, and what is
// owed a line has one. Virtual time; the lines are the real log's.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { allowOutsideGroups, deny } from "../../../src/core/verdict.ts";
import { createGatewayLog } from "../../../src/gateway/audit-log.ts";
import { LoginPace, PACE_BURST, PACE_PER_SECOND } from "../../../src/gateway/login-pace.ts";
import type { Decision, GatewayLog } from "../../../src/gateway/ports.ts";
import { INTERVAL_MS, OWN_LINES, RefusalSummary, type SummedRefusals } from "../../../src/gateway/refusal-summary.ts";
import { summing } from "../../../src/gateway/summing-log.ts";
import { emptyRecord, type LoginRecord } from "../../../src/login/record.ts";
import { createAudit } from "../../../src/telemetry/audit.ts";
import { createLogger } from "../../../src/telemetry/logger.ts";
import { FakeClock } from "../../support/fake-clock.ts";

/** journald.conf: RateLimitIntervalSec=30s, RateLimitBurst=10000. */
const JOURNALD_INTERVAL_MS = 30_000;
const JOURNALD_BURST = 10_000;
const BOB = 1001;

function decision(change: Partial<Decision> & { readonly uid?: number }, record: Partial<LoginRecord> = {}): Decision {
  const { uid = BOB, ...rest } = change;
  const seen = { rhostTrusted: false, interactive: true, showsMessages: true, budgetMs: 1 };
  return {
    transaction: "t-1",
    door: "login",
    peer: { pid: 1, uid },
    facts: { user: "bob", service: "login_duogate", rhost: "somewhere", callerUid: uid, ...seen },
    verdict: deny("too-many-logins"),
    record: { ...emptyRecord(), ...record },
    durationMs: 1,
    ...rest,
  };
}

/** All that a login of one's own can have beside its decision. */
const TALKATIVE: Partial<LoginRecord> = {
  attempts: 1,
  failure: { code: "bad-keys", stage: "preauth", detail: "" },
  notes: [
    { kind: "gecos-empty" },
    { kind: "groups-unknown", detail: "timeout" },
    { kind: "address-left-out", rhost: "somewhere" },
  ],
};

const DEEDS = ["login", "silent", "late", "garbage", "closed", "mapping"] as const;
type Deed = (typeof DEEDS)[number];

/** A line about one thing that was refused. */
function isOwnRefusal({ event, verdict }: Readonly<Record<string, unknown>>): boolean {
  const names = ["decision", "peer-refused", "protocol-violation"];
  return names.includes(String(event)) && verdict !== "allow";
}

class Bench {
  readonly clock = new FakeClock();
  /** When each line was written. */
  readonly times: number[] = [];
  readonly lines: Record<string, unknown>[] = [];
  readonly summed: SummedRefusals[] = [];
  readonly summary: RefusalSummary;
  readonly log: GatewayLog;
  readonly pace = new LoginPace(this.clock);

  constructor() {
    const write = (line: string) => {
      this.times.push(this.clock.now());
      this.lines.push(JSON.parse(line) as Record<string, unknown>);
    };
    const audit = createAudit(createLogger({ level: "debug", destination: { write }, clock: this.clock }));
    this.summary = new RefusalSummary(this.clock, (summed) => {
      this.summed.push(summed);
      audit.refusalsSummed(summed);
    });
    this.log = summing(createGatewayLog(audit), this.summary, 990);
  }

  /** One deed of a user on login.sock. */
  happens(what: Deed, uid: number): void {
    const peer = { pid: 1, uid };
    switch (what) {
      case "silent":
        this.log.noStart("login", peer, "gone");
        break;
      case "late":
        this.log.noStart("login", peer, "timeout");
        break;
      case "garbage":
        this.log.violation("login", peer, "t", "unknown-type");
        break;
      case "closed":
        this.log.connectionRefused("login", `too many connections of uid ${uid}`);
        break;
      case "mapping":
        this.log.decision(decision({ uid, verdict: deny("mapping-not-allowed") }));
        break;
      default: {
        const goesOn = uid === BOB && this.pace.take(String(uid));
        this.log.decision(goesOn ? decision({ verdict: allowOutsideGroups() }, TALKATIVE) : decision({ uid }));
      }
    }
  }

  /** The most lines in any stretch of journald's interval. */
  get most(): number {
    let from = 0;
    return this.times.reduce((most, time, index) => {
      while (time - (this.times[from] ?? 0) >= JOURNALD_INTERVAL_MS) from += 1;
      return Math.max(most, index - from + 1);
    }, 0);
  }

  eventsOf(name: string): number {
    return this.lines.filter(({ event }) => event === name).length;
  }

  get summedCount(): number {
    return this.summed.reduce((sum, { count }) => sum + count, 0);
  }
}

describe("the lines of refusals", () => {
  it("are the first few of a kind and uid, then one with the number, in each interval", () => {
    const bench = new Bench();
    for (let number = 0; number < 1000; number += 1) bench.log.noStart("login", { pid: 1, uid: BOB }, "gone");
    assert.equal(bench.lines.length, OWN_LINES);
    bench.clock.advance(INTERVAL_MS);
    const { time: _time, msg: _msg, ...last } = bench.lines.at(-1) ?? {};
    assert.deepEqual(last, {
      level: "warn",
      event: "refusals-summed",
      socket: "login",
      cause: "left-before-start",
      peer_uid: BOB,
      count: 1000 - OWN_LINES,
      interval_ms: INTERVAL_MS,
    });
    bench.log.noStart("login", { pid: 1, uid: BOB }, "gone");
    assert.equal(bench.lines.at(-1)?.["event"], "peer-refused", "the next interval does not begin anew");
    bench.summary.flush();
    assert.equal(bench.clock.pending, 0);
  });

  it("of one user take no line from another's", () => {
    const bench = new Bench();
    for (let number = 0; number < 1000; number += 1) bench.log.decision(decision({}));
    bench.log.decision(decision({ uid: 1002 }));
    assert.equal(bench.eventsOf("decision"), OWN_LINES + 1);
  });

  it("are bounded for any number of uids", () => {
    const bench = new Bench();
    for (let uid = 100_000; uid < 165_536; uid += 1) bench.log.violation("login", { pid: 1, uid }, "t", "empty");
    bench.summary.flush();
    assert.ok(bench.lines.length < 400, `${bench.lines.length} lines`);
    assert.equal(bench.eventsOf("protocol-violation") + bench.summedCount, 65_536);
  });
});

describe("what is owed a line", () => {
  it("has one: every allow, every denial after Duo was asked, and all of root's on pam.sock", () => {
    const bench = new Bench();
    const root = { door: "pam", uid: 0 } as const;
    for (let number = 0; number < 500; number += 1) {
      bench.log.decision(decision({ verdict: allowOutsideGroups() }));
      bench.log.decision(decision({ verdict: deny("duo-denied") }, { attempts: 1 }));
      bench.log.decision(decision({ ...root, verdict: deny("no-conversation") }));
      bench.log.violation("pam", { pid: 1, uid: 0 }, "t", "empty");
      // The daemon's own uid asks on pam.sock for root's command.
      bench.log.noStart("pam", { pid: 1, uid: 990 }, "gone");
    }
    assert.equal(bench.lines.length, 2500);
    assert.equal(bench.clock.pending, 0, "something was counted for the summary");
  });

  it("is not what a stranger does on a pam.sock whose mode was changed", () => {
    const bench = new Bench();
    for (let number = 0; number < 500; number += 1) {
      bench.log.decision(decision({ door: "pam", verdict: deny("peer-not-allowed") }));
    }
    assert.equal(bench.eventsOf("decision"), OWN_LINES);
    bench.summary.flush();
  });
});

describe("a user on login.sock", () => {
  it("begins logins no faster than the pace, and each uid has its own", () => {
    const clock = new FakeClock();
    const pace = new LoginPace(clock);
    const granted = (uid: number) => Array.from({ length: 1000 }, () => pace.take(String(uid))).filter(Boolean).length;
    assert.equal(granted(BOB), PACE_BURST);
    assert.equal(granted(BOB), 0);
    clock.advance(10_000);
    assert.equal(granted(BOB), 10 * PACE_PER_SECOND);
    assert.equal(granted(1002), PACE_BURST);
  });

  it("cannot buy more logins with other uids, nor make the daemon remember them for ever", () => {
    const clock = new FakeClock();
    const pace = new LoginPace(clock);
    for (let number = 0; number < PACE_BURST; number += 1) pace.take(String(BOB));
    for (let uid = 100_000; uid < 110_000; uid += 1) pace.take(String(uid));
    assert.equal(pace.take(String(BOB)), false);
    clock.advance(60_000);
    pace.take(String(BOB));
    assert.ok(pace.remembered <= 2, `${pace.remembered} uids are remembered`);
  });

  it("causes less than a fifth of what journald takes from a service, whatever the mixture", () => {
    const deed = fc.record({
      what: fc.constantFrom(...DEEDS),
      // Uids of a subordinate range have no account, and are refused before anything is asked.
      uid: fc.oneof(fc.constant(BOB), fc.integer({ min: 100_000, max: 165_535 })),
      times: fc.integer({ min: 1, max: 3000 }),
      pauseMs: fc.constantFrom(0, 0, 1, 100, 5000, 30_000, 61_000),
    });
    fc.assert(
      fc.property(fc.array(deed, { minLength: 1, maxLength: 40 }), (deeds) => {
        const bench = new Bench();
        for (const { what, uid, times, pauseMs } of deeds) {
          for (let number = 0; number < times; number += 1) bench.happens(what, uid);
          bench.clock.advance(pauseMs);
        }
        bench.summary.flush();
        const allowed = bench.lines.filter(({ verdict }) => verdict === "allow").length;
        const own = bench.lines.filter(isOwnRefusal).length;
        const all = deeds.reduce((sum, { times }) => sum + times, 0);
        assert.equal(allowed + own + bench.summedCount, all, "something is in no line and in no number");
        assert.ok(bench.most < JOURNALD_BURST / 5, `${bench.most} lines in 30 s`);
      }),
      { numRuns: 30 },
    );
  });
});
