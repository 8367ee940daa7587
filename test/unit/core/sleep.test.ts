// Waiting on the injected clock: ends in time or with the signal, and leaves nothing behind.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { sleep } from "../../../src/core/sleep.ts";
import { FakeClock, turn } from "../../support/fake-clock.ts";

async function watch(work: Promise<void>): Promise<() => boolean> {
  let over = false;
  void work.then(() => {
    over = true;
  });
  await turn();
  return () => over;
}

describe("sleep", () => {
  it("ends when the time has passed, not before", async () => {
    const [clock, control] = [new FakeClock(), new AbortController()];
    const over = await watch(sleep(1000, clock, control.signal));
    clock.advance(999);
    await turn();
    assert.equal(over(), false);
    clock.advance(1);
    await turn();
    assert.equal(over(), true);
    assert.equal(getEventListeners(control.signal, "abort").length, 0);
  });

  it("ends at once with the signal, and takes its timer with it", async () => {
    const [clock, control] = [new FakeClock(), new AbortController()];
    const over = await watch(sleep(1000, clock, control.signal));
    control.abort();
    await turn();
    assert.equal(over(), true);
    assert.equal(clock.pending, 0);
    assert.equal(getEventListeners(control.signal, "abort").length, 0);
  });

  it("does not begin under a signal that is aborted already", async () => {
    const clock = new FakeClock();
    await sleep(1000, clock, AbortSignal.abort());
    assert.equal(clock.pending, 0);
  });
});
