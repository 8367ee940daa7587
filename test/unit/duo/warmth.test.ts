// Keeping the way to Duo warm: when it pings, when it stops, and that nothing is left when it is closed.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PING_INTERVAL_MS, Warmth } from "../../../src/duo/warmth.ts";
import { FakeClock } from "../../support/fake-clock.ts";

function bench(keepWarmMs: number) {
  const clock = new FakeClock();
  const start = clock.now();
  const pings: number[] = [];
  const ping = () => {
    pings.push(clock.now() - start);
    return Promise.resolve();
  };
  return { clock, pings, warmth: new Warmth({ clock, keepWarmMs, ping }) };
}

describe("Warmth", () => {
  it("does nothing by itself", () => {
    const { clock, pings } = bench(60_000);
    clock.advance(120_000);
    assert.deepEqual([pings, clock.pending], [[], 0]);
  });

  it("pings at once when the way is cold, once however many logins come", () => {
    const { pings, warmth } = bench(60_000);
    warmth.touch();
    warmth.touch();
    warmth.touch();
    assert.deepEqual(pings, [0]);
    warmth.close();
  });

  it("beats until the last use is keepWarm ago, then is cold again without a timer", () => {
    const { clock, pings, warmth } = bench(30_000);
    warmth.touch();
    clock.advance(200_000);
    assert.deepEqual(pings, [0, PING_INTERVAL_MS, 2 * PING_INTERVAL_MS]);
    assert.equal(clock.pending, 0);
    warmth.touch();
    assert.deepEqual(pings.at(-1), 200_000);
    warmth.close();
  });

  it("counts from the last use, not the first", () => {
    const { clock, pings, warmth } = bench(30_000);
    warmth.touch();
    clock.advance(20_000);
    warmth.touch();
    clock.advance(200_000);
    assert.deepEqual(pings, [0, 12_000, 24_000, 36_000, 48_000]);
  });

  it("leaves no timer and pings no more once it is closed", () => {
    const { clock, pings, warmth } = bench(60_000);
    warmth.touch();
    warmth.close();
    assert.equal(clock.pending, 0);
    warmth.touch();
    clock.advance(60_000);
    assert.deepEqual([pings, clock.pending], [[0], 0]);
  });

  it("refreshes the connection before the transport would drop it after 20 s", () => {
    assert.ok(PING_INTERVAL_MS < 20_000);
  });
});
