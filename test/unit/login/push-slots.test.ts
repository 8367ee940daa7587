// One push in flight for each user: the queue itself, and what a second login of the same user is told and may do.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PUSH_LIFE_MS, UNREAD_MARGIN_MS } from "../../../src/login/push-flight.ts";
import { PushSlots } from "../../../src/login/push-slots.ts";
import { LEAST_FOR_PUSH_MS, QUIET_MS, SOONER_THAN_READ_MS } from "../../../src/login/take-slot.ts";
import { READING_MS } from "../../../src/login/unread.ts";
import { FakeClock, turn } from "../../support/fake-clock.ts";
import { HELD, type Reply } from "../../support/fake-conversation.ts";
import { final, PENDING, state } from "../../support/fake-duo.ts";
import { askFor, Scene, type SceneOptions } from "./scene.ts";

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

  it("takes two names with the same phones for one user, and waits for whoever has one or the other", async () => {
    const slots = new PushSlots();
    const first = slots.tryAcquire("alice", "DP1");
    assert.equal(slots.tryAcquire("alice@example.org", "DP1"), undefined);
    assert.equal(slots.tryAcquire("alice"), undefined);
    const waits = slots.acquire("example\\alice", live, "DP1");
    assert.equal(slots.ahead("ALICE", "DP2"), 1);
    assert.equal(slots.ahead("alice@example.org", "DP1"), 2);
    const other = slots.tryAcquire("bob", "DP2");
    assert.notEqual(other, undefined);
    first?.();
    const second = await waits;
    assert.notEqual(second, undefined);
    second?.();
    other?.();
    assert.equal(slots.busy, 0);
  });

  it("lets nobody wait behind one who has left", async () => {
    const slots = new PushSlots();
    const holder = slots.tryAcquire("alice", "DP1");
    const middle = slots.queue("alice", "DP2");
    const last = slots.queue("bob", "DP2");
    assert.deepEqual([middle.ahead, last.ahead], [1, 1]);
    middle.leave();
    assert.equal(await middle.come, undefined);
    const release = await last.come;
    assert.notEqual(release, undefined);
    release?.();
    holder?.();
    assert.equal(slots.busy, 0);
  });

  it("goes on when one leaves whose turn has come and who has not taken it", async () => {
    const slots = new PushSlots();
    const first = slots.tryAcquire("alice");
    const place = slots.queue("alice");
    first?.();
    place.leave();
    place.leave();
    assert.notEqual(slots.tryAcquire("alice"), undefined);
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
    assert.match(
      scene.conversation.texts("prompt")[1] ?? "",
      /Another login of yours is waiting.*\nType.*press Enter to wait/,
    );
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

  for (const answer of ["", "1", "push", "push1", "phone", "call", "3"]) {
    const kind = ["phone", "call", "3"].includes(answer) ? "phone" : "push";
    it(`waits with "${answer}", and sends the ${kind} when its turn comes`, async () => {
      const { scene, finishFirst } = second({ replies: ["1", answer] });
      await turn();
      assert.deepEqual([scene.duo.count("auth"), scene.conversation.texts("prompt").length], [0, 2]);
      finishFirst();
      const { verdict, record } = await scene.end();
      assert.deepEqual([verdict.reason, record.factor, record.attempts], ["duo-approved", kind, 1]);
    });
  }

  it("may ask for SMS instead, which rings nobody, and does not wait", async () => {
    const { scene } = second({
      replies: ["1", "sms", "123456"],
      duo: { preauth: [askFor()], auth: [final("deny", "sent"), final("allow", "allow")] },
    });
    assert.equal((await scene.end()).verdict.reason, "duo-approved");
  });

  it("types nonsense or an option that is not there: the menu comes again, nothing is sent", async () => {
    for (const answer of ["hunter2", "9", "phone7"]) {
      const { scene } = second({ replies: ["1", answer, { cancelled: "user-cancelled" }] });
      assert.equal((await scene.end()).verdict.reason, "user-cancelled");
      assert.equal(scene.duo.count("auth"), 0);
    }
  });

  it("gives up at the question", async () => {
    const { scene } = second({ replies: ["1", HELD] });
    await turn();
    scene.clock.advance(SOONER_THAN_READ_MS);
    scene.conversation.answer({ cancelled: "user-cancelled" });
    assert.equal((await scene.end()).verdict.kind, "aborted");
  });

  it("waits where the application takes one question and fails the next at once", async () => {
    const { scene, finishFirst } = second({ replies: ["1", { cancelled: "user-cancelled" }] });
    await turn();
    assert.equal(scene.duo.count("auth"), 0);
    finishFirst();
    assert.equal((await scene.end()).verdict.reason, "duo-approved");
  });

  for (const reason of ["answer-timeout", "helper-gone"] as const) {
    it(`does not wait after ${reason}`, async () => {
      const { scene } = second({ replies: ["1", { cancelled: reason }] });
      assert.deepEqual((await scene.end()).verdict, { kind: "aborted", reason });
    });
  }

  it("with autopush is asked nothing: it says so, waits, and pushes in its turn", async () => {
    for (const interactive of [true, false]) {
      const { scene, finishFirst } = second({ facts: { interactive }, policy: { autopush: true } });
      await turn();
      assert.equal(
        scene.conversation.texts("info").at(-1),
        "Another login of yours is waiting for an answer on your phone. If it is not yours, deny it there. This one waits for its turn, about a minute at most.",
      );
      assert.equal(scene.duo.count("auth"), 0);
      finishFirst();
      assert.equal((await scene.end()).verdict.reason, "duo-approved");
      assert.deepEqual(scene.conversation.texts("prompt"), []);
    }
  });

  /** With autopush, up to the question that comes when the turn does not. */
  async function askedLate(reply: Reply, then: (scene: Scene) => void = () => {}): Promise<ReturnType<typeof second>> {
    const passcode = { preauth: [askFor()], auth: [final("allow", "allow")] };
    const duo = reply === "123456" ? { duo: passcode } : {};
    const all = second({ policy: { autopush: true }, replies: [reply], ...duo });
    await turn();
    then(all.scene);
    all.scene.clock.advance(QUIET_MS - 1);
    await turn();
    assert.deepEqual(all.scene.conversation.texts("prompt"), []);
    all.scene.clock.advance(1);
    await turn();
    assert.match(all.scene.conversation.texts("prompt").join(), /Another login of yours.*\nType a passcode, or/);
    return all;
  }

  it("with autopush is asked where its turn does not come: a passcode goes first", async () => {
    const { scene } = await askedLate("123456");
    const { verdict, record } = await scene.end();
    assert.deepEqual([verdict.reason, record.factor, record.pushes], ["duo-approved", "passcode", 0]);
  });

  for (const [what, reply] of [
    ["Enter", ""],
    ["a connection that cannot ask", { cancelled: "user-cancelled" }],
  ] as const) {
    it(`with autopush keeps its place in the queue: ${what}`, async () => {
      let sentBefore = 0;
      const { scene, finishFirst } = await askedLate(reply, ({ slots, duo }) => {
        void slots.acquire("alice", live).then((release) => {
          sentBefore = duo.count("auth");
          release?.();
        });
      });
      finishFirst();
      assert.equal((await scene.end()).verdict.reason, "duo-approved");
      assert.equal(sentBefore, 1);
    });
  }

  it("with autopush gives its turn to the next one while it is asked, and waits anew", async () => {
    const { scene, finishFirst } = await askedLate(HELD);
    const next = scene.slots.acquire("alice", live);
    finishFirst();
    const release = await next;
    assert.notEqual(release, undefined);
    scene.conversation.answer("");
    await turn();
    assert.equal(scene.duo.count("auth"), 0);
    release?.();
    assert.equal((await scene.end()).verdict.reason, "duo-approved");
  });

  it("rings nobody when its turn comes too late for an answer", async () => {
    for (const [leftMs, reason] of [
      [LEAST_FOR_PUSH_MS, "duo-approved"],
      [LEAST_FOR_PUSH_MS - 1, "push-pending"],
    ] as const) {
      const { scene, finishFirst } = second({ policy: { autopush: true }, facts: { interactive: false } });
      scene.scope.stopAfter(60_000);
      await turn();
      scene.clock.advance(60_000 - leftMs);
      finishFirst();
      assert.equal((await scene.end()).verdict.reason, reason);
      assert.equal(scene.duo.count("auth"), reason === "duo-approved" ? 1 : 0);
      if (reason === "push-pending") assert.match(scene.conversation.texts("error").join(), /or use a passcode/);
    }
  });

  it("is one of ten with autopush: each has its turn, nobody is asked", async () => {
    const slots = new PushSlots();
    const clock = new FakeClock();
    const duo = { preauth: [askFor()], auth: [PENDING], authStatus: [state("allow", "allow")] };
    const all = Array.from({ length: 10 }, () => new Scene({ slots, clock, duo, policy: { autopush: true } }));
    const outcomes = await Promise.all(all.map(({ login }) => clock.run(login)));
    for (const { verdict } of outcomes) assert.equal(verdict.reason, "duo-approved");
    for (const { conversation } of all) assert.deepEqual(conversation.texts("prompt"), []);
    assert.equal(slots.busy, 0);
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
  const sent = { preauth: [askFor()], auth: [PENDING] };
  const isFree = (scene: Scene): boolean => {
    const release = scene.slots.tryAcquire("alice");
    release?.();
    return release !== undefined;
  };

  const ends = {
    allowed: { ...sent, authStatus: [state("allow", "allow")] },
    fraud: { ...sent, authStatus: [state("deny", "fraud")] },
    "locked out": { ...sent, authStatus: [state("deny", "locked_out")] },
    "no answer within a push's life": { ...sent, authStatus: [state("waiting", "pushed")] },
    "a wrong key, so that nothing was sent": { preauth: [askFor()], auth: ["bad-keys" as const] },
  };
  for (const [name, duo] of Object.entries(ends)) {
    it(`is given back with the login: ${name}`, async () => {
      const scene = new Scene({ replies: ["1"], policy: { prompts: 1 }, duo });
      await scene.outcome();
      assert.ok(isFree(scene));
      await scene.end();
    });
  }

  const outages = {
    "a poll that fails": { ...sent, authStatus: ["connection-lost" as const] },
    "nonsense from Duo": { ...sent, authStatus: ["invalid-response" as const] },
    "auth without an answer": { preauth: [askFor()], auth: ["timeout" as const] },
  };
  for (const [name, duo] of Object.entries(outages)) {
    it(`is held after the login, because the push may be out: ${name}`, async () => {
      const scene = new Scene({ replies: ["1"], duo });
      await scene.outcome();
      assert.ok(!isFree(scene));
      scene.clock.advance(PUSH_LIFE_MS - 1000);
      await turn();
      assert.ok(!isFree(scene));
      scene.clock.advance(UNREAD_MARGIN_MS + 1000);
      await turn();
      assert.ok(isFree(scene));
      await scene.end();
    });
  }

  it("that was waited for is held after the login has left, like any other", async () => {
    const { scene, finishFirst } = second({ replies: ["1", ""], duo: { ...sent, authStatus: ["hang", "hang"] } });
    await turn();
    finishFirst();
    await turn();
    assert.equal(scene.duo.count("auth"), 1);
    scene.scope.stop("helper-gone");
    await scene.outcome();
    assert.ok(!isFree(scene));
    await scene.end();
  });

  it("is not held by a verified push that nobody has pressed Enter for, whose phone has nothing to answer", async () => {
    const duo = { ...sent, preauth: [askFor(undefined, "376")], authStatus: [state("allow", "allow")] };
    const scene = new Scene({ policy: { autopush: true }, replies: [HELD, ""], duo });
    await turn();
    assert.match(scene.conversation.texts("prompt").join(), /the code for Duo Mobile is 376/);
    const other = scene.slots.tryAcquire("alice");
    assert.notEqual(other, undefined);
    scene.clock.advance(READING_MS);
    scene.conversation.answer("");
    await turn();
    assert.match(
      scene.conversation.texts("prompt")[1] ?? "",
      /If it is not yours, deny it there\.\nType a passcode, or/,
    );
    assert.equal(scene.duo.count("auth"), 0);
    other?.();
    assert.equal((await scene.end()).verdict.reason, "duo-approved");
    assert.equal(scene.duo.count("auth"), 1);
  });

  it("is held when Duo's side throws while the factor is sent", async () => {
    const scene = new Scene({ replies: ["1"], duo: { preauth: [askFor()], auth: [] } });
    await assert.rejects(scene.login, /not in the script/);
    assert.ok(!isFree(scene));
    scene.clock.advance(PUSH_LIFE_MS + UNREAD_MARGIN_MS);
    await turn();
    assert.ok(isFree(scene));
  });
});
