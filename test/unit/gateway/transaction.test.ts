// One connection from accept to its end: what reaches the helper, what is written down, and that an allow of a login that
// was stopped never leaves the house.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { displayText } from "../../../src/core/display-text.ts";
import { ok } from "../../../src/core/result.ts";
import type { DuoApi } from "../../../src/duo/api.ts";
import { turn } from "../../support/fake-clock.ts";
import { PENDING, state } from "../../support/fake-duo.ts";
import { NONCE, start } from "../../support/fake-helper.ts";
import { askFor, decided } from "../login/scene.ts";
import { Visit } from "./visit.ts";

const bypass = { preauth: [decided("allow")] };
const push = { preauth: [askFor()], auth: [PENDING], authStatus: [state("allow", "allow")] };
const hanging = { ...push, authStatus: ["hang" as const] };

describe("a transaction", () => {
  it("welcomes, decides, writes the decision, and only then says it", async () => {
    const visit = new Visit({ duo: bypass });
    await visit.helper.say(start());
    await visit.end();
    assert.deepEqual(visit.helper.heard, [
      { kind: "welcome", version: 1, transaction: "t-1" },
      { kind: "verdict", verdict: "allow", nonce: NONCE },
    ]);
    assert.deepEqual(visit.order, ["heard welcome", "decision allow duo-bypass", "heard verdict"]);
    assert.deepEqual(visit.given, ["place", "lease"]);
  });

  it("takes the terms of the service that START names, once", async () => {
    const visit = new Visit({ duo: bypass });
    assert.deepEqual(visit.services, []);
    await visit.helper.say(start({ service: "su-l" }));
    await visit.end();
    assert.deepEqual(visit.services, ["su-l"]);
  });

  it("leads the user through the menu", async () => {
    const visit = new Visit({ duo: push });
    await visit.helper.say(start());
    await visit.helper.answer("1");
    await visit.end();
    assert.deepEqual(visit.helper.kinds, ["welcome", "prompt", "verdict"]);
    assert.equal(visit.helper.verdict, "allow");
  });

  it("is closed when no START comes within five seconds, or the helper leaves before", async () => {
    const silent = new Visit({ duo: bypass });
    silent.clock.advance(5000);
    await silent.end();
    assert.deepEqual(silent.order, ["noStart timeout"]);
    const left = new Visit({ duo: bypass });
    await left.helper.leave();
    await left.end();
    assert.deepEqual(left.order, ["noStart gone"]);
    for (const visit of [silent, left]) assert.deepEqual(visit.given, ["place", "lease"]);
  });

  it("is denied when its time is over: the helper's budget less two seconds, or ours", async () => {
    for (const [budget, limitMs] of [
      [30_000, 28_000],
      [600_000, 110_000],
      [1000, 0],
    ] as const) {
      const visit = new Visit({ duo: hanging, autopush: true });
      await visit.helper.say(start({ budget }));
      visit.clock.advance(limitMs - 1);
      await turn();
      if (limitMs > 0) assert.equal(visit.helper.verdict, undefined);
      visit.clock.advance(1);
      await visit.end();
      assert.equal(visit.helper.verdict, "max-tries");
      assert.equal(visit.decisions.at(-1), "deny out-of-time");
    }
  });

  for (const autopush of [true, false]) {
    const told = autopush ? "max-tries" : "deny";
    it(`is told as ${told} when it ends after a push that ${autopush ? "nobody chose" : "the user chose"}`, async () => {
      const fraud = { ...push, authStatus: [state("deny", "fraud")] };
      const visit = new Visit({ duo: fraud, autopush });
      await visit.helper.say(start());
      if (!autopush) await visit.helper.answer("1");
      await visit.end();
      assert.deepEqual([visit.helper.verdict, visit.decisions], [told, ["deny fraud-reported"]]);
    });
  }

  it("is closed without a verdict when the user does not answer in time", async () => {
    const visit = new Visit({ duo: push });
    await visit.helper.say(start());
    visit.clock.advance(90_000);
    await visit.end();
    assert.deepEqual(visit.helper.kinds, ["welcome", "prompt"]);
    assert.deepEqual(visit.decisions, ["aborted answer-timeout"]);
  });

  it("is denied when the daemon stops, and closed at once before START", async () => {
    const visit = new Visit({ duo: hanging, autopush: true });
    await visit.helper.say(start());
    visit.transaction.stop();
    await visit.end();
    assert.deepEqual([visit.helper.verdict, visit.decisions], ["max-tries", ["deny shutting-down"]]);
    const early = new Visit({ duo: bypass });
    early.transaction.stop();
    await early.end();
    assert.deepEqual([early.helper.heard, early.decisions], [[], []]);
  });

  it("is denied in words when there is no room, and Duo is not asked", async () => {
    const visit = new Visit({ duo: bypass, admitted: false });
    await visit.helper.say(start());
    await visit.end();
    assert.deepEqual(visit.helper.kinds, ["welcome", "error", "verdict"]);
    assert.deepEqual([visit.helper.verdict, visit.duo.calls], ["deny", []]);
  });

  it("asks for the peer's own user on login.sock", async () => {
    const visit = new Visit({ duo: bypass, door: "login", uid: 1001 });
    await visit.helper.say(start({ user: "bob", caller: 0 }));
    await visit.end();
    assert.deepEqual(
      visit.duo.calls.map((call) => call.stage === "preauth" && call.subject.username),
      ["bob"],
    );
    assert.deepEqual(visit.users, ["bob"]);
  });

  it("gives no answer about the peer for another account, and asks Duo nothing", async () => {
    const visit = new Visit({ duo: bypass, door: "login", uid: 1001 });
    await visit.helper.say(start({ user: "alice", caller: 0 }));
    await visit.end();
    assert.deepEqual(visit.helper.kinds, ["welcome", "error", "verdict"]);
    assert.deepEqual([visit.helper.verdict, visit.duo.calls], ["deny", []]);
    assert.deepEqual([visit.decisions, visit.users], [["deny not-own-account"], ["bob"]]);
  });

  it("denies a defect in the login, and writes it down", async () => {
    const visit = new Visit({ duo: { preauth: [askFor()], auth: [] }, autopush: true });
    await visit.helper.say(start());
    await visit.end();
    assert.equal(visit.helper.verdict, "deny");
    assert.ok(visit.order.includes("defect"));
    assert.deepEqual(visit.decisions, ["deny defect"]);
  });

  it("lets nobody in whose decision cannot be written", async () => {
    const visit = new Visit({ duo: bypass, brokenLog: true });
    await visit.helper.say(start());
    await visit.end();
    assert.deepEqual(visit.helper.kinds, ["welcome"]);
    assert.ok(visit.helper.closed);
  });

  it("ends with a violation, and no allow is said or written", async () => {
    const visit = new Visit({ duo: hanging, autopush: true });
    await visit.helper.say(start());
    await visit.helper.sayBytes(Buffer.from([0, 0, 0, 0]));
    await visit.end();
    assert.equal(visit.helper.verdict, undefined);
    assert.ok(visit.order.includes("violation empty"));
    assert.deepEqual(visit.decisions, ["deny protocol-violation"]);
  });
});

/** A Duo that does not heed the signal: its allow comes late. */
function lateDuo(release: Promise<void>): DuoApi {
  const late = <T>(value: T) => release.then(() => ok(value));
  return {
    preauth: () => late(decided("allow", "late")),
    auth: () => late(PENDING),
    authStatus: () => late({ result: "allow" as const, status: "allow", message: displayText("") }),
  };
}

describe("an allow that comes late", () => {
  const stops: Readonly<Record<string, (visit: Visit) => Promise<void> | void>> = {
    "aborted helper-gone": (visit) => visit.helper.leave(),
    "deny out-of-time": (visit) => visit.clock.advance(110_000),
    "deny shutting-down": (visit) => visit.transaction.stop(),
  };
  for (const [verdict, stop] of Object.entries(stops)) {
    it(`is written down and dropped: ${verdict}`, async () => {
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const visit = new Visit({ duo: bypass, api: lateDuo(held) });
      await visit.helper.say(start());
      await stop(visit);
      release();
      await visit.end();
      assert.deepEqual(visit.decisions, [verdict]);
      assert.ok(visit.order.includes("lateAllow"));
      assert.notEqual(visit.helper.verdict, "allow");
    });
  }

  it("is not said to a helper that left at any moment of a push", async () => {
    for (const at of ["preauth", "auth", "auth_status"] as const) {
      const visit: Visit = new Visit({
        duo: { ...push, onCall: (stage) => stage === at && visit.helper.socket.destroy() },
        autopush: true,
      });
      await visit.helper.say(start());
      await visit.end();
      assert.ok(!visit.helper.kinds.includes("verdict"), at);
    }
  });
});
