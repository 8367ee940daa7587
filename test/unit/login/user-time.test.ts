// How much of a login's time was the user's: prompts, polls and the wait for another push, each moment once.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UserTime } from "../../../src/login/user-time.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { PENDING, state } from "../../support/fake-duo.ts";
import { askFor, OPTIONS, play } from "./scene.ts";

const [PUSH] = OPTIONS;

describe("the user's time", () => {
  it("counts moments that overlap once, and a wait that is not over", async () => {
    const clock = new FakeClock();
    const time = new UserTime(clock);
    const first = deferred();
    const second = deferred();
    const both = [time.during(() => first.promise), time.during(() => second.promise)];
    clock.advance(100);
    first.settle();
    await both[0];
    clock.advance(50);
    assert.equal(time.ms, 150);
    second.settle();
    await both[1];
    clock.advance(1000);
    assert.equal(time.ms, 150);
  });

  it("counts a wait that fails", async () => {
    const clock = new FakeClock();
    const time = new UserTime(clock);
    const failing = time.during(async () => {
      clock.advance(70);
      await Promise.reject(new Error("lost"));
    });
    await assert.rejects(failing, /lost/);
    assert.equal(time.ms, 70);
  });

  it("of a login is the prompt and the poll, not preauth and auth", async () => {
    const clock = new FakeClock();
    const { record } = await play({
      clock,
      replies: ["1"],
      onPrompt: () => clock.advance(3000),
      duo: {
        preauth: [askFor([PUSH])],
        auth: [PENDING],
        authStatus: [state("allow", "allow")],
        onCall: (stage) => clock.advance(stage === "auth_status" ? 7000 : 40),
      },
    });
    assert.equal(record.userMs, 10_000);
  });
});

function deferred(): { readonly promise: Promise<void>; readonly settle: () => void } {
  let settle = () => {};
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}
