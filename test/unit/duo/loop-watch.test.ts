// Time lost by timers that ran late, as each of several waits sees it; and no timer while nobody waits.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LoopWatch, TICK_MS } from "../../../src/duo/loop-watch.ts";
import { FakeClock } from "../../support/fake-clock.ts";

/** A clock whose process gets no time for a while: the hands go on, what falls due runs afterwards. */
class StarvedClock extends FakeClock {
  #goneMs = 0;

  override now(): number {
    return super.now() + this.#goneMs;
  }

  starve(ms: number): void {
    this.#goneMs += ms;
  }
}

describe("the loop watch", () => {
  it("has lost nothing where every timer runs in time", () => {
    const clock = new StarvedClock();
    const end = new LoopWatch(clock).begin();
    clock.advance(10_050);
    assert.deepEqual(end(), { lostMs: 0, elapsedMs: 10_050 });
  });

  it("counts what is lost in one piece and in many, also when the last timer has not run yet", () => {
    const clock = new StarvedClock();
    const end = new LoopWatch(clock).begin();
    for (let count = 0; count < 5; count += 1) {
      clock.advance(TICK_MS - 1);
      clock.starve(1001);
      clock.advance(1);
    }
    clock.starve(3000);
    const { lostMs, elapsedMs } = end();
    assert.equal(elapsedMs, 5 * (TICK_MS + 1001) + 3000);
    assert.ok(lostMs > elapsedMs - 7 * TICK_MS && lostMs < elapsedMs, `${lostMs} of ${elapsedMs}`);
  });

  it("gives each wait its own part", () => {
    const clock = new StarvedClock();
    const watch = new LoopWatch(clock);
    const first = watch.begin();
    clock.starve(2000);
    clock.advance(TICK_MS);
    const second = watch.begin();
    clock.advance(TICK_MS);
    assert.equal(second().lostMs, 0);
    assert.ok(first().lostMs >= 2000 - TICK_MS);
  });

  it("has no timer while nobody waits, and a wait ends once", () => {
    const clock = new StarvedClock();
    const watch = new LoopWatch(clock);
    const [first, second] = [watch.begin(), watch.begin()];
    const said = first();
    clock.advance(500);
    assert.equal(first(), said);
    assert.equal(clock.pending, 1);
    second();
    assert.equal(clock.pending, 0);
    // What is lost between two waits is nobody's.
    clock.starve(5000);
    const third = watch.begin();
    clock.advance(1000);
    assert.equal(third().lostMs, 0);
  });
});
