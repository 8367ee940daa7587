// The event loop's delay is measured between two readings, from none, and stops by itself: a daemon that nobody scrapes is not
// woken for it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LoopDelayMeter, REST_AFTER_MS } from "../../../src/telemetry/loop-delay.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const BLOCKED_MS = 400;

/** Holds the event loop up, then lets the timers that are due run. */
async function block(): Promise<void> {
  const until = performance.now() + BLOCKED_MS;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 0));
}

test("what held the loop up is seen at the next reading, once", async () => {
  const meter = new LoopDelayMeter(new FakeClock());
  assert.equal(meter.read(), undefined);
  // The first tick begins the measurement.
  await new Promise((resolve) => setTimeout(resolve, 250));
  await block();
  const delay = meter.read();
  assert.ok(delay !== undefined && delay.max > 0.2 && delay.max < 10, JSON.stringify(delay));
  assert.ok(delay.p50 <= delay.p99 && delay.p99 <= delay.max);
  assert.equal(meter.read(), undefined);
  meter.close();
});

test("after a while without a reader nothing is measured and no timer is left", () => {
  const clock = new FakeClock();
  const meter = new LoopDelayMeter(clock);
  meter.read();
  meter.read();
  assert.equal(clock.pending, 1);
  clock.advance(REST_AFTER_MS);
  assert.equal(clock.pending, 0);
  assert.equal(meter.read(), undefined);
  meter.close();
  assert.equal(clock.pending, 0);
});
