// Text messages with passcodes: one for each user in a minute, whichever login, name or phone asks for it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TEXT_SPACING_MS, TextPace } from "../../../src/login/text-pace.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { final } from "../../support/fake-duo.ts";
import { askFor, option, Scene } from "./scene.ts";

describe("TextPace", () => {
  it("permits one for each user in a minute, by any name and to any phone of the account", () => {
    const clock = new FakeClock();
    const pace = new TextPace(clock);
    assert.ok(pace.take("alice", "DP1"));
    for (const [user, phones] of [
      ["ALICE", undefined],
      ["alice", "DP2"],
      ["alice@example.org", "DP1"],
    ] as const) {
      assert.ok(!pace.take(user, phones));
    }
    assert.ok(pace.take("bob", "DP3"));
    clock.advance(TEXT_SPACING_MS - 1);
    assert.ok(!pace.take("alice", "DP1"));
    clock.advance(1);
    assert.ok(pace.take("alice", "DP1"));
  });

  it("counts none that was not sent", () => {
    const pace = new TextPace(new FakeClock());
    assert.ok(pace.take("alice", "DP1"));
    pace.giveBack("Alice");
    assert.ok(pace.take("alice@example.org", "DP1"));
  });
});

describe("a login that asks for a text message", () => {
  const sent = final("deny", "sent", "New SMS passcodes sent.");
  const two = [option("push"), option("sms"), option("sms", 2)];

  it("gets one, and is told so when it asks for another, to another phone too", async () => {
    const duo = { preauth: [askFor(two), askFor(two), askFor(two)], auth: [sent, final("allow", "allow")] };
    const scene = new Scene({ replies: ["sms1", "sms2", "123456"], duo });
    assert.equal((await scene.end()).verdict.reason, "duo-approved");
    assert.match(scene.conversation.texts("prompt")[2] ?? "", /^A text message.*was sent less than a minute ago/);
  });

  it("gets one again after a success, which may have used the only code", async () => {
    const clock = new FakeClock();
    const texts = new TextPace(clock);
    for (let logins = 0; logins < 2; logins += 1) {
      const duo = { preauth: [askFor(two), askFor(two)], auth: [sent, final("allow", "allow")] };
      const scene = new Scene({ clock, texts, replies: ["sms", "123456"], duo });
      assert.equal((await scene.end()).verdict.reason, "duo-approved");
      assert.equal(scene.duo.count("auth"), 2);
    }
  });

  it("after another login's gets none", async () => {
    const clock = new FakeClock();
    const texts = new TextPace(clock);
    const giveUp = { cancelled: "user-cancelled" } as const;
    for (const count of [1, 0]) {
      const duo = { preauth: [askFor(two), askFor(two)], auth: [sent] };
      const scene = new Scene({ clock, texts, replies: ["sms", giveUp], duo });
      await scene.end();
      assert.equal(scene.duo.count("auth"), count);
    }
  });

  it("that Duo refused may ask again", async () => {
    const duo = { preauth: [askFor(two), askFor(two), askFor(two)], auth: ["bad-request" as const, sent] };
    const scene = new Scene({ replies: ["sms1", "sms2", { cancelled: "user-cancelled" }], duo });
    await scene.end();
    assert.equal(scene.duo.count("auth"), 2);
  });
});
