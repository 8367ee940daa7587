// One push in flight for each user: the queue itself, and what a second login of the same user is told and may do.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PushSlots } from "../../../src/login/push-slots.ts";
import { turn } from "../../support/fake-clock.ts";
import { final, PENDING, state } from "../../support/fake-duo.ts";
import { askFor, play, Scene, type SceneOptions } from "./scene.ts";

const live = new AbortController().signal;

describe("PushSlots", () => {
  it("has one slot for each user", () => {
    const slots = new PushSlots();
    const release = slots.tryAcquire("alice");
    assert.notEqual(release, undefined);
    assert.equal(slots.tryAcquire("alice"), undefined);
    assert.notEqual(slots.tryAcquire("bob"), undefined);
    release?.();
    assert.notEqual(slots.tryAcquire("alice"), undefined);
  });

  it("takes one name in two spellings for one user, as Duo does", () => {
    const slots = new PushSlots();
    const release = slots.tryAcquire("Ju\u0308rgen");
    assert.equal(slots.tryAcquire("J\u00fcRGEN"), undefined);
    release?.();
    assert.notEqual(slots.tryAcquire("j\u00fcrgen"), undefined);
  });

  it("is given on in the order of arrival, and released once", async () => {
    const slots = new PushSlots();
    const first = slots.tryAcquire("alice");
    const order: number[] = [];
    const waits = [1, 2, 3].map((n) =>
      slots.acquire("alice", live).then((release) => {
        order.push(n);
        return release;
      }),
    );
    first?.();
    first?.();
    await turn();
    assert.deepEqual(order, [1]);
    (await waits[0])?.();
    (await waits[1])?.();
    (await waits[2])?.();
    assert.deepEqual(order, [1, 2, 3]);
    assert.notEqual(slots.tryAcquire("alice"), undefined);
  });

  it("skips who has stopped waiting", async () => {
    const slots = new PushSlots();
    const first = slots.tryAcquire("alice");
    const control = new AbortController();
    const left = slots.acquire("alice", control.signal);
    const stays = slots.acquire("alice", live);
    control.abort();
    assert.equal(await left, undefined);
    first?.();
    assert.notEqual(await stays, undefined);
  });

  it("gives nothing to a wait that is over before it begins", async () => {
    const slots = new PushSlots();
    assert.equal(await slots.acquire("alice", AbortSignal.abort()), undefined);
    assert.notEqual(slots.tryAcquire("alice"), undefined);
  });
});

/** A login while another one of alice's holds the slot. */
function second(options: SceneOptions): { scene: Scene; finishFirst: () => void } {
  const slots = new PushSlots();
  const release = slots.tryAcquire("alice");
  const duo = {
    preauth: [askFor()],
    auth: [PENDING],
    authStatus: [state("allow", "allow")],
    ...options.duo,
  };
  return { scene: new Scene({ ...options, slots, duo }), finishFirst: () => release?.() };
}

describe("a second login of the same user", () => {
  it("is told, waits, and pushes when the first is over", async () => {
    const { scene, finishFirst } = second({ replies: ["1", ""] });
    await turn();
    assert.match(scene.conversation.texts("prompt")[1] ?? "", /Another login of yours is waiting.*press Enter to wait/);
    assert.equal(scene.duo.count("auth"), 0);
    finishFirst();
    assert.equal((await scene.end()).verdict.reason, "duo-approved");
    assert.equal(scene.duo.count("auth"), 1);
  });

  it("may use a passcode instead, and does not wait", async () => {
    const { scene } = second({
      replies: ["1", "123 456"],
      duo: { preauth: [askFor()], auth: [final("allow", "allow")] },
    });
    const { verdict, record } = await scene.end();
    assert.deepEqual([verdict.reason, record.factor, record.pushes], ["duo-approved", "passcode", 0]);
  });

  it("types nonsense or another option: the menu comes again, nothing is sent", async () => {
    for (const answer of ["hunter2", "1", "push"]) {
      const { scene } = second({ replies: ["1", answer, { cancelled: "user-cancelled" }] });
      assert.equal((await scene.end()).verdict.reason, "user-cancelled");
      assert.equal(scene.duo.count("auth"), 0);
    }
  });

  it("gives up at the question", async () => {
    const { scene } = second({ replies: ["1", { cancelled: "user-cancelled" }] });
    assert.equal((await scene.end()).verdict.kind, "aborted");
  });

  it("where nobody can be asked waits by itself", async () => {
    const options = { facts: { interactive: false }, policy: { autopush: true } };
    const { scene, finishFirst } = second(options);
    await turn();
    assert.deepEqual(
      scene.conversation.texts("info").at(-1),
      "Another login of yours is waiting for an answer on your phone.",
    );
    assert.equal(scene.duo.count("auth"), 0);
    finishFirst();
    assert.equal((await scene.end()).verdict.reason, "duo-approved");
  });

  it("stops waiting when it is stopped, and the slot goes on to the next", async () => {
    const { scene, finishFirst } = second({ replies: ["1", ""] });
    await turn();
    scene.scope.stop("out-of-time");
    assert.deepEqual((await scene.end()).verdict, { kind: "deny", reason: "push-pending" });
    finishFirst();
    assert.notEqual(scene.slots.tryAcquire("alice"), undefined);
  });

  it("needs no slot for SMS or a passcode", async () => {
    const duo = { preauth: [askFor()], auth: [final("deny", "sent"), final("allow", "allow")] };
    const { scene } = second({ replies: ["sms", "123456"], duo });
    assert.equal((await scene.end()).verdict.reason, "duo-approved");
  });
});

describe("the slot", () => {
  // play() fails when the slot is held at the end.
  const ends = {
    allowed: [state("allow", "allow")],
    fraud: [state("deny", "fraud")],
    "locked out": [state("deny", "locked_out")],
    "a poll that fails": ["connection-lost" as const],
    "nonsense from Duo": ["invalid-response" as const],
  };
  for (const [name, authStatus] of Object.entries(ends)) {
    it(`is given back: ${name}`, async () => {
      const { record } = await play({ replies: ["1"], duo: { preauth: [askFor()], auth: [PENDING], authStatus } });
      assert.equal(record.pushes, 1);
    });
  }

  it("is given back when auth fails, and when Duo's side throws", async () => {
    await play({ replies: ["1"], duo: { preauth: [askFor()], auth: ["timeout"] } });
    const scene = new Scene({ replies: ["1"], duo: { preauth: [askFor()], auth: [] } });
    await assert.rejects(scene.login, /not in the script/);
    assert.notEqual(scene.slots.tryAcquire("alice"), undefined);
  });
});
