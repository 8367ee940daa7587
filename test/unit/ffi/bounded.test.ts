// The limits: how many at once, how many wait, how long, and that a hung job keeps its slot.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, type Result } from "../../../src/core/result.ts";
import { type BoundedLimits, createBounded } from "../../../src/ffi/bounded.ts";
import { FakeTimers } from "./fake-timers.ts";

const LIMITS: BoundedLimits = { maxConcurrent: 2, maxWaiting: 1, timeoutMs: 1000 };

test("two run, one waits, the fourth is refused at once", async () => {
  const timers = new FakeTimers();
  const bounded = createBounded(LIMITS, timers);
  const jobs = [1, 2, 3].map(() => new HeldJob());
  const answers = jobs.map((job) => bounded.run(job.run));
  assert.deepEqual(bounded.usage(), { running: 2, waiting: 1 });
  assert.deepEqual(
    jobs.map((job) => job.started),
    [true, true, false],
  );
  const fourth = new HeldJob();
  assert.deepEqual(await bounded.run(fourth.run), { ok: false, error: { code: "busy" } });
  assert.equal(fourth.started, false);

  jobs[0]?.finish("first");
  assert.deepEqual(await answers[0], ok("first"));
  assert.equal(jobs[2]?.started, true);
  assert.deepEqual(bounded.usage(), { running: 2, waiting: 0 });
  jobs[1]?.finish("second");
  jobs[2]?.finish("third");
  assert.deepEqual(await Promise.all(answers.slice(1)), [ok("second"), ok("third")]);
  assert.deepEqual(bounded.usage(), { running: 0, waiting: 0 });
  assert.equal(timers.pending, 0);
});

test("a hung job times out for its caller but keeps its slot until it returns", async () => {
  const timers = new FakeTimers();
  const bounded = createBounded({ ...LIMITS, maxConcurrent: 1 }, timers);
  const hung = new HeldJob();
  const answer = bounded.run(hung.run);
  timers.advance(1000);
  assert.deepEqual(await answer, { ok: false, error: { code: "timeout", timeoutMs: 1000 } });
  assert.equal(hung.expired?.(), true);
  assert.deepEqual(bounded.usage(), { running: 1, waiting: 0 });

  const next = new HeldJob();
  const nextAnswer = bounded.run(next.run);
  assert.equal(next.started, false);
  hung.finish("late");
  await hung.settled;
  assert.equal(next.started, true);
  next.finish("next");
  assert.deepEqual(await nextAnswer, ok("next"));
});

test("the time a job waits counts, and one that timed out waiting never starts", async () => {
  const timers = new FakeTimers();
  const bounded = createBounded({ ...LIMITS, maxConcurrent: 1 }, timers);
  const first = new HeldJob();
  const second = new HeldJob();
  const firstAnswer = bounded.run(first.run);
  timers.advance(600);
  const secondAnswer = bounded.run(second.run);
  timers.advance(400);
  assert.deepEqual(await firstAnswer, { ok: false, error: { code: "timeout", timeoutMs: 1000 } });
  timers.advance(600);
  assert.deepEqual(await secondAnswer, { ok: false, error: { code: "timeout", timeoutMs: 1000 } });
  first.finish("late");
  await first.settled;
  assert.equal(second.started, false);
  assert.deepEqual(bounded.usage(), { running: 0, waiting: 0 });
});

test("a job that throws gives its slot back and rejects", async () => {
  const timers = new FakeTimers();
  const bounded = createBounded({ ...LIMITS, maxConcurrent: 1 }, timers);
  const broken = bounded.run(() => {
    throw new Error("defect");
  });
  await assert.rejects(broken, /defect/);
  assert.deepEqual(await bounded.run(async () => ok("after")), ok("after"));
  assert.equal(timers.pending, 0);
});

test("limits that bound nothing are defects", () => {
  const timers = new FakeTimers();
  assert.throws(() => createBounded({ ...LIMITS, maxConcurrent: 0 }, timers), RangeError);
  assert.throws(() => createBounded({ ...LIMITS, maxWaiting: -1 }, timers), RangeError);
  assert.throws(() => createBounded({ ...LIMITS, timeoutMs: Number.NaN }, timers), RangeError);
});

/** A job that runs until the test says what it found. */
class HeldJob {
  started = false;
  expired: (() => boolean) | undefined;
  readonly #result: Promise<Result<string, never>>;
  #finish: (value: string) => void = () => {};

  constructor() {
    this.#result = new Promise((resolve) => {
      this.#finish = (value) => resolve(ok(value));
    });
  }

  readonly run = (expired: () => boolean): Promise<Result<string, never>> => {
    this.started = true;
    this.expired = expired;
    return this.#result;
  };

  finish(value: string): void {
    this.#finish(value);
  }

  /** Resolves once everything that follows from the job's end has happened. */
  get settled(): Promise<void> {
    return this.#result.then(() => new Promise((resolve) => setImmediate(resolve)));
  }
}
