// Holds the rate limiter: the window, whom it counts, and what a refusal says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isRateLimit, type RateLimit, RateLimiter } from "../../emulator/store/rate-limit.ts";

const limit: RateLimit = { requests: 2, windowMs: 10_000, per: "user" };

function limiter(rules: RateLimit) {
  const instance = new RateLimiter();
  return (nowMs: number, user: string | undefined = "alice", endpoint: "preauth" | "auth" | "check" = "auth") =>
    instance.admit(rules, { endpoint, user, nowMs });
}

test("so many in a window, then refusals that do not count, then room again", () => {
  const admit = limiter(limit);
  assert.deepEqual([admit(0), admit(4000), admit(9999), admit(9999)], [undefined, undefined, {}, {}]);
  assert.deepEqual([admit(10_000), admit(10_001), admit(14_000)], [undefined, {}, undefined]);
});

test("per user: others are not held up, and requests without a user are not counted", () => {
  const admit = limiter({ ...limit, requests: 1 });
  assert.deepEqual([admit(0), admit(0, "bob"), admit(0)], [undefined, undefined, {}]);
  const nameless = limiter({ ...limit, requests: 0 });
  assert.equal(nameless(0, undefined, "check"), undefined);
});

test("per account: all users share, and the endpoints are those that are named", () => {
  const admit = limiter({ ...limit, requests: 1, per: "account", endpoints: ["auth"] });
  assert.deepEqual([admit(0, "alice", "preauth"), admit(0), admit(0, "bob")], [undefined, undefined, {}]);
});

test("the header says when there is room: seconds rounded up, or a date that is not too early", () => {
  const seconds = limiter({ ...limit, requests: 1, header: "Retry-After" });
  seconds(500);
  assert.deepEqual(seconds(1000), { "Retry-After": "10" });
  const date = limiter({ ...limit, requests: 1, header: "X-Retry-After", style: "http-date" });
  date(500);
  assert.deepEqual(date(1000), { "X-Retry-After": "Thu, 01 Jan 1970 00:00:11 GMT" });
});

test("only well-formed limits are settings", () => {
  assert.ok(isRateLimit(null));
  assert.ok(isRateLimit({ ...limit, header: "X-Retry-After", style: "seconds", endpoints: ["auth_status"] }));
  for (const wrong of [
    undefined,
    5,
    {},
    { ...limit, per: "host" },
    { ...limit, more: 1 },
    { ...limit, requests: -1 },
  ]) {
    assert.equal(isRateLimit(wrong), false, JSON.stringify(wrong));
  }
});
