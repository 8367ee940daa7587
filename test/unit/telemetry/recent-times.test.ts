// Percentiles of the last durations: by nearest rank, of a bounded number, the oldest go first.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RecentTimes } from "../../../src/telemetry/recent-times.ts";

function of(times: readonly number[]): RecentTimes {
  const recent = new RecentTimes();
  for (const time of times) recent.add(time);
  return recent;
}

test("percentiles are durations that were there", () => {
  assert.deepEqual(of([]).percentiles, { count: 0 });
  assert.deepEqual(of([7.25]).percentiles, { count: 1, p50: 7.3, p90: 7.3, p99: 7.3 });
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual(of(hundred).percentiles, { count: 100, p50: 50, p90: 90, p99: 99 });
});

test("only the last ones count", () => {
  const old = Array.from({ length: 5000 }, () => 1e6);
  const young = Array.from({ length: 1024 }, () => 5);
  assert.deepEqual(of([...old, ...young]).percentiles, { count: 1024, p50: 5, p90: 5, p99: 5 });
});

test("they do not fall, whatever the order", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100_000), { minLength: 1, maxLength: 300 }), (times) => {
      const { count, p50 = -1, p90 = -1, p99 = -1 } = of(times).percentiles;
      assert.ok(p50 <= p90 && p90 <= p99 && p99 <= Math.max(...times) && p50 >= Math.min(...times));
      assert.equal(count, times.length);
    }),
  );
});
