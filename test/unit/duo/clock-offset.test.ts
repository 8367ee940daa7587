// How far Duo's clock is believed: bounded, because ping is protected by TLS alone.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ClockOffset, OFFSET_MAX_MS } from "../../../src/duo/clock-offset.ts";

const now = Date.UTC(2026, 10, 21, 20, 31, 23);

describe("ClockOffset", () => {
  it("is nought and unknown at first", () => {
    const offset = new ClockOffset();
    assert.deepEqual([offset.ms, offset.known], [0, false]);
  });

  it("takes Duo's time in the middle between sending and receiving", () => {
    const offset = new ClockOffset();
    assert.ok(offset.learn((now + 600_000) / 1000, now - 200, now + 200));
    assert.equal(offset.ms, 600_500);
    assert.ok(offset.known);
  });

  it("leaves a difference that rounding explains alone", () => {
    for (const ms of [-1900, -1000, 0, 900]) {
      const offset = new ClockOffset();
      assert.ok(offset.learn((now + ms) / 1000, now, now));
      assert.equal(offset.ms, 0, `${ms}`);
    }
  });

  it("does not use more than a day, and keeps what it knew", () => {
    for (const sign of [1, -1]) {
      const offset = new ClockOffset();
      offset.learn((now + 60_000) / 1000, now, now);
      assert.equal(offset.learn((now + sign * (OFFSET_MAX_MS + 1000)) / 1000, now, now), false);
      assert.deepEqual([offset.ms, offset.known], [60_500, true]);
      assert.equal(offset.learn((now + sign * (OFFSET_MAX_MS - 1000)) / 1000, now, now), true);
    }
  });

  it("is never beyond the bound, whatever Duo says", () => {
    fc.assert(
      fc.property(fc.integer(), fc.maxSafeNat(), fc.nat(10_000), (seconds, sentAt, took) => {
        const offset = new ClockOffset();
        const believed = offset.learn(seconds, sentAt, sentAt + took);
        assert.ok(Math.abs(offset.ms) <= OFFSET_MAX_MS);
        if (!believed) assert.equal(offset.ms, 0);
      }),
    );
  });
});
