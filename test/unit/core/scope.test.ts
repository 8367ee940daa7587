// The lifetime of one piece of work: stopped once, for the first reason, with its clean-ups newest first.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Scope } from "../../../src/core/scope.ts";
import { FakeClock } from "../../support/fake-clock.ts";

describe("Scope", () => {
  it("goes on until it is stopped", () => {
    const scope = new Scope(new FakeClock());
    assert.equal(scope.stopReason, undefined);
    assert.equal(scope.signal.aborted, false);
  });

  it("keeps the first reason and runs clean-ups once, newest first", () => {
    const scope = new Scope(new FakeClock());
    const ran: string[] = [];
    scope.onStop(() => ran.push("oldest"));
    scope.onStop(() => ran.push("newest"));
    scope.stop("helper-gone");
    scope.stop("finished");
    assert.equal(scope.stopReason, "helper-gone");
    assert.deepEqual(ran, ["newest", "oldest"]);
  });

  it("has the reason and the aborted signal before the first clean-up runs", () => {
    const scope = new Scope(new FakeClock());
    let seen: unknown;
    scope.onStop(() => {
      seen = [scope.stopReason, scope.signal.aborted];
    });
    scope.stop("shutting-down");
    assert.deepEqual(seen, ["shutting-down", true]);
  });

  it("runs a clean-up that comes late at once, even one that comes during the stop", () => {
    const scope = new Scope(new FakeClock());
    const ran: string[] = [];
    scope.onStop(() => scope.onStop(() => ran.push("during")));
    scope.stop("finished");
    scope.onStop(() => ran.push("after"));
    assert.deepEqual(ran, ["during", "after"]);
  });

  it("stops as out of time exactly when its time is over", () => {
    const clock = new FakeClock();
    const scope = new Scope(clock);
    scope.stopAfter(5000);
    clock.advance(4999);
    assert.equal(scope.stopReason, undefined);
    clock.advance(1);
    assert.equal(scope.stopReason, "out-of-time");
  });

  it("leaves no timer, whichever way it ends", () => {
    const clock = new FakeClock();
    const early = new Scope(clock);
    early.stopAfter(5000);
    early.stop("finished");
    const late = new Scope(clock);
    late.stop("finished");
    late.stopAfter(5000);
    assert.equal(clock.pending, 0);
    clock.advance(10_000);
    assert.equal(early.stopReason, "finished");
  });
});
