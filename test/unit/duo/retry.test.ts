// Repeating what may be repeated: how often, after which waits, and when not at all.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DuoFailureCode, failureClass } from "../../../src/core/failure.ts";
import { err, ok } from "../../../src/core/result.ts";
import { RETRY_BUDGET, type RetryBudget, retryAfterMs, type Tried, withRetries } from "../../../src/duo/retry.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { failure } from "../../support/fake-duo.ts";

type Script = readonly (DuoFailureCode | "ok")[];

interface Ran {
  readonly end: string;
  /** When each try was made, in milliseconds from the first. */
  readonly at: readonly number[];
}

async function run(
  script: Script,
  options: { wait?: number; random?: number; budget?: RetryBudget; stopAfter?: number } = {},
): Promise<Ran> {
  const clock = new FakeClock();
  const control = new AbortController();
  const start = clock.now();
  const at: number[] = [];
  const attempt = (): Promise<Tried<string>> => {
    const next = script[at.length] ?? script.at(-1) ?? "ok";
    at.push(clock.now() - start);
    const result = next === "ok" ? ok("done") : err(failure(next));
    return Promise.resolve({ result, retryAfterMs: options.wait });
  };
  if (options.stopAfter !== undefined) clock.after(options.stopAfter, () => control.abort());
  const work = withRetries(attempt, clock, control.signal, () => options.random ?? 0, options.budget ?? RETRY_BUDGET);
  const result = await clock.run(work);
  if (options.stopAfter === undefined) assert.equal(clock.pending, 0, "a timer was left");
  return { end: result.ok ? result.value : result.error.code, at };
}

describe("withRetries", () => {
  it("sends once what succeeds at once", async () => {
    assert.deepEqual(await run(["ok"]), { end: "done", at: [0] });
  });

  it("repeats a lost connection at once, then after a back-off", async () => {
    assert.deepEqual(await run(["connection-lost", "ok"]), { end: "done", at: [0, 0] });
    assert.deepEqual(await run(["connection-lost"]), { end: "connection-lost", at: [0, 0, 500] });
  });

  it("repeats a server error after growing waits, three requests in all", async () => {
    assert.deepEqual(await run(["server-error"]), { end: "server-error", at: [0, 250, 750] });
    assert.deepEqual(await run(["server-error"], { random: 1 }), { end: "server-error", at: [0, 500, 1500] });
  });

  it("waits longer when it is told to slow down without a time", async () => {
    assert.deepEqual(await run(["rate-limited", "ok"]), { end: "done", at: [0, 1000] });
    assert.deepEqual(await run(["rate-limited"]), { end: "rate-limited", at: [0, 1000, 3000] });
  });

  it("waits as long as Retry-After says, at least a little", async () => {
    assert.deepEqual(await run(["rate-limited", "ok"], { wait: 3000 }), { end: "done", at: [0, 3000] });
    assert.deepEqual(await run(["rate-limited", "ok"], { wait: 0 }), { end: "done", at: [0, 100] });
    assert.deepEqual(await run(["rate-limited", "ok"], { wait: 0, random: 1 }), { end: "done", at: [0, 200] });
  });

  it("does not wait at all when that would be longer than the budget", async () => {
    assert.deepEqual(await run(["rate-limited"], { wait: 8001 }), { end: "rate-limited", at: [0] });
    assert.deepEqual(await run(["rate-limited"], { wait: 8000 }), { end: "rate-limited", at: [0, 8000] });
    assert.deepEqual(await run(["rate-limited"], { wait: 5000 }), { end: "rate-limited", at: [0, 5000] });
  });

  it("keeps to another budget too", async () => {
    const budget = { tries: 5, waitMs: 100_000 };
    assert.deepEqual((await run(["server-error"], { budget })).at, [0, 250, 750, 1750, 3750]);
  });

  it("stops with the signal and makes no further request", async () => {
    assert.deepEqual(await run(["server-error"], { stopAfter: 100 }), { end: "server-error", at: [0] });
  });

  const never: readonly DuoFailureCode[] = [
    "resolve-failed",
    "connect-failed",
    "connect-timeout",
    "tls-failed",
    "timeout",
    "bad-keys",
    "bad-signature",
    "forbidden",
    "bad-clock",
    "bad-request",
    "unexpected-status",
    "invalid-response",
    "response-too-large",
    "cancelled",
  ];
  for (const code of never) {
    it(`never repeats ${code} (${failureClass(code)})`, async () => {
      assert.deepEqual(await run([code, "ok"]), { end: code, at: [0] });
    });
  }
});

describe("retryAfterMs", () => {
  const now = Date.UTC(2026, 10, 21, 20, 31, 23);
  const rows: readonly (readonly [string | undefined, number | undefined])[] = [
    [undefined, undefined],
    ["", undefined],
    ["0", 0],
    ["7", 7000],
    [" 7 ", 7000],
    ["120", 120_000],
    ["soon", undefined],
    ["0x10", undefined],
    ["Sat, 21 Nov 2026 20:31:28 GMT", 5000],
    ["Sat, 21 Nov 2026 20:31:23 GMT", 0],
    ["Sat, 21 Nov 2026 20:00:00 GMT", 0],
  ];
  for (const [value, wanted] of rows) {
    it(`${JSON.stringify(value) ?? "no header"} is ${wanted}`, () => assert.equal(retryAfterMs(value, now), wanted));
  }

  it("is not to be had from a value that is negative or garbled", () => {
    for (const value of ["-5", "-1", "1e9", "NaN", "Infinity", "99999999999999", "12.5", "foo 5", "2026-11-21"]) {
      assert.equal(retryAfterMs(value, now), undefined, value);
    }
    assert.equal(retryAfterMs("Sat, 21 Nov 2026 20:31:28", now), undefined, "a date without a zone");
  });
});
