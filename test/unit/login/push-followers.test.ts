// A push that outlives its login: the slot is held until Duo's transaction is over, by asking Duo where that can be, by time
// where it cannot; nothing of it keeps a daemon that stops, and nothing it hears lets anybody in.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { err, ok } from "../../../src/core/result.ts";
import { PUSH_LIFE_MS, PushFlight } from "../../../src/login/push-flight.ts";
import { type Abandoned, PushFollowers } from "../../../src/login/push-followers.ts";
import { PushSlots } from "../../../src/login/push-slots.ts";
import { FakeClock, turn } from "../../support/fake-clock.ts";
import { HELD } from "../../support/fake-conversation.ts";
import { type DuoScript, FakeDuo, failure, PENDING, state } from "../../support/fake-duo.ts";
import { askFor, play, Scene } from "./scene.ts";

const approved = state("allow", "allow");
const waiting = state("waiting", "pushed");

class Stage {
  readonly clock = new FakeClock();
  readonly slots = new PushSlots();
  readonly defects: unknown[] = [];
  /** Ways to Duo that are kept open. */
  kept = 0;
  readonly followers: PushFollowers;

  constructor(pollsAtOnce?: number) {
    const parts = { clock: this.clock, onDefect: (error: unknown) => this.defects.push(error) };
    this.followers = new PushFollowers(pollsAtOnce === undefined ? parts : { ...parts, pollsAtOnce });
  }

  /** A login of `user` has left with its push out. */
  abandon(user: string, authStatus: DuoScript["authStatus"], answer: "read" | "unread" = "read"): FakeDuo {
    const duo = new FakeDuo({ preauth: [], authStatus: authStatus ?? [] });
    const release = this.slots.tryAcquire(user);
    assert.ok(release !== undefined, `${user}'s slot is taken`);
    const flight = new PushFlight(this.clock);
    flight.sending();
    flight.answered(answer === "read" ? ok(PENDING) : err(failure("cancelled", "auth")));
    const keepDuo = () => {
      this.kept += 1;
      return () => {
        this.kept -= 1;
      };
    };
    this.followers.takeOver({ flight, release, duo, keepDuo });
    return duo;
  }

  isFree(user: string): boolean {
    const release = this.slots.tryAcquire(user);
    release?.();
    return release !== undefined;
  }

  async pass(ms: number): Promise<void> {
    for (const until = this.clock.now() + ms; this.clock.now() < until; ) {
      this.clock.advance(Math.min(250, until - this.clock.now()));
      await turn();
    }
  }

  expectNothingLeft(): void {
    assert.deepEqual([this.followers.size, this.kept, this.clock.pending], [0, 0, 0]);
  }
}

describe("the slot of a push that outlives its login", () => {
  it("is free at once when Duo refused to send", async (t) => {
    const clock = new FakeClock();
    const followers = new PushFollowers({ clock, onDefect: assert.ifError });
    const takeOver = followers.takeOver.bind(followers);
    const remaining: number[] = [];
    t.mock.method(followers, "takeOver", (abandoned: Abandoned) => {
      remaining.push(abandoned.flight.remainingMs);
      takeOver(abandoned);
    });
    const duo = { preauth: [askFor()], auth: ["bad-request" as const] };
    const { verdictText } = await play({ clock, followers, duo, replies: ["1"], policy: { prompts: 1 } });
    assert.deepEqual([verdictText, remaining], ["max-tries prompts-used-up", [0]]);
  });

  it("is given back when Duo says the end, and the way to Duo is kept open until then", async () => {
    const stage = new Stage();
    const duo = stage.abandon("alice", [waiting, waiting, waiting, waiting, waiting, approved]);
    assert.equal(stage.kept, 1);
    await turn();
    assert.ok(!stage.isFree("alice"));
    await stage.pass(5000);
    assert.ok(stage.isFree("alice"));
    assert.equal(duo.count("auth_status"), 6);
    stage.expectNothingLeft();
  });

  it("is held for a minute where Duo never says the end, and not for longer", async () => {
    for (const authStatus of [[waiting], ["hang" as const]]) {
      const stage = new Stage();
      stage.abandon("alice", authStatus);
      await stage.pass(PUSH_LIFE_MS - 1000);
      assert.ok(!stage.isFree("alice"));
      await stage.pass(1000);
      assert.ok(stage.isFree("alice"));
      stage.expectNothingLeft();
    }
  });

  it("is held through an outage, which is asked about soon and then every few seconds, and given back when Duo is there again", async () => {
    const stage = new Stage();
    const duo = stage.abandon("alice", ["connection-lost", "timeout", "invalid-response", approved]);
    await stage.pass(1750);
    assert.ok(!stage.isFree("alice"));
    assert.equal(duo.count("auth_status"), 3);
    await stage.pass(250);
    assert.ok(stage.isFree("alice"));
    stage.expectNothingLeft();
  });

  it("is held to the bound when the way to Duo is closed under it", async () => {
    const stage = new Stage();
    const duo = stage.abandon("alice", ["cancelled"]);
    await stage.pass(PUSH_LIFE_MS - 1000);
    assert.ok(!stage.isFree("alice"));
    assert.ok(duo.count("auth_status") <= 17);
    await stage.pass(1000);
    assert.ok(stage.isFree("alice"));
    stage.expectNothingLeft();
  });

  it("is held by time alone where auth's answer was not read", async () => {
    const stage = new Stage();
    const duo = stage.abandon("alice", [], "unread");
    await stage.pass(PUSH_LIFE_MS);
    assert.ok(!stage.isFree("alice"));
    await stage.pass(5000);
    assert.ok(stage.isFree("alice"));
    assert.equal(duo.calls.length, 0);
    stage.expectNothingLeft();
  });

  it("is held by time alone beyond the bound of polls", async () => {
    const stage = new Stage(1);
    stage.abandon("alice", ["hang"]);
    const duo = stage.abandon("bob", [approved]);
    await stage.pass(PUSH_LIFE_MS - 1000);
    assert.ok(!stage.isFree("bob"));
    assert.equal(duo.calls.length, 0);
    await stage.pass(1000);
    assert.ok(stage.isFree("bob"));
    stage.expectNothingLeft();
  });

  it("is held to the bound after a defect, which is told", async () => {
    const stage = new Stage();
    stage.abandon("alice", []);
    await turn();
    assert.equal(stage.defects.length, 1);
    assert.ok(!stage.isFree("alice"));
    await stage.pass(PUSH_LIFE_MS);
    assert.ok(stage.isFree("alice"));
    stage.expectNothingLeft();
  });

  it("does not keep a daemon that stops", async () => {
    const stage = new Stage();
    stage.abandon("alice", ["hang"]);
    stage.abandon("bob", ["connection-lost"]);
    stage.abandon("carol", [], "unread");
    await turn();
    await stage.followers.close();
    stage.expectNothingLeft();
    stage.abandon("alice", [waiting]);
    assert.ok(stage.isFree("alice"));
    stage.expectNothingLeft();
  });
});

describe("a user who hangs up while the push is out", () => {
  const duo = { preauth: [askFor()], auth: [PENDING], authStatus: ["hang" as const] };

  it("holds the slot: the next login waits, and gets it when the push has ended", async () => {
    const polls = ["hang" as const, waiting, waiting, waiting, waiting, approved];
    const first = new Scene({ replies: ["1"], duo: { ...duo, authStatus: polls } });
    await turn();
    first.scope.stop("helper-gone");
    assert.deepEqual((await first.outcome()).verdict, { kind: "aborted", reason: "helper-gone" });
    const { clock, slots, followers } = first;
    const shared = { clock, slots, followers, facts: { interactive: false }, policy: { autopush: true } };
    const second = new Scene({ ...shared, duo: { ...duo, authStatus: [approved] } });
    await turn();
    assert.equal(second.duo.count("auth"), 0);
    assert.equal((await second.end()).verdict.reason, "duo-approved");
  });

  it("holds it with a verified push too, at whose prompt Ctrl-C was pressed", async () => {
    const preauth = [askFor(undefined, "480316")];
    const scene = new Scene({ replies: ["1", HELD], duo: { ...duo, preauth } });
    await turn();
    scene.conversation.answer({ cancelled: "user-cancelled" });
    assert.equal((await scene.outcome()).verdict.kind, "aborted");
    assert.equal(scene.slots.tryAcquire("alice"), undefined);
    await scene.end();
  });

  it("holds it for a call as for a push", async () => {
    const scene = new Scene({ replies: ["3"], duo });
    await turn();
    scene.scope.stop("helper-gone");
    await scene.outcome();
    assert.equal(scene.slots.tryAcquire("alice"), undefined);
    await scene.end();
  });

  it("holds it where auth was on its way", async () => {
    const scene = new Scene({ replies: ["1"], duo: { preauth: [askFor()], auth: ["hang"] } });
    await turn();
    scene.scope.stop("helper-gone");
    await scene.outcome();
    assert.equal(scene.slots.tryAcquire("alice"), undefined);
    await scene.end();
  });
});
