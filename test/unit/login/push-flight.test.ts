// What each answer to auth says about the phone: only a refusal and a connection that was never made prove that it is silent.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DUO_FAILURE_CODES, type DuoFailureCode } from "../../../src/core/failure.ts";
import { err, ok } from "../../../src/core/result.ts";
import { PUSH_LIFE_MS, PushFlight, UNREAD_MARGIN_MS } from "../../../src/login/push-flight.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { failure, final, PENDING, state } from "../../support/fake-duo.ts";

const REFUSALS: readonly DuoFailureCode[] = [
  "bad-request",
  "bad-keys",
  "bad-signature",
  "forbidden",
  "bad-clock",
  "rate-limited",
  "proxy-refused",
];

function sent(): { flight: PushFlight; clock: FakeClock } {
  const clock = new FakeClock();
  const flight = new PushFlight(clock);
  flight.sending();
  return { flight, clock };
}

describe("a push", () => {
  it("that was not sent needs no slot, whatever is heard", () => {
    const flight = new PushFlight(new FakeClock());
    assert.equal(flight.remainingMs, 0);
    flight.answered(err(failure("cancelled", "auth")));
    assert.equal(flight.remainingMs, 0);
  });

  it("counts as out from the moment when auth is called", () => {
    assert.equal(sent().flight.remainingMs, PUSH_LIFE_MS + UNREAD_MARGIN_MS);
  });

  it("with a txid lives for a minute from Duo's answer, or until its final state", () => {
    const { flight, clock } = sent();
    clock.advance(7000);
    flight.answered(ok(PENDING));
    assert.deepEqual([flight.txid, flight.remainingMs], ["tx-1", PUSH_LIFE_MS]);
    flight.heard(ok(state("waiting", "pushed")));
    flight.heard(err(failure("connection-lost", "auth_status")));
    clock.advance(PUSH_LIFE_MS - 1);
    assert.equal(flight.remainingMs, 1);
    flight.heard(ok(state("deny", "deny")));
    assert.equal(flight.remainingMs, 0);
  });

  it("is over with `timeout`, whatever the result next to it", () => {
    const { flight } = sent();
    flight.answered(ok(PENDING));
    flight.heard(ok(state("waiting", "timeout")));
    assert.equal(flight.remainingMs, 0);
  });

  it("is over where auth itself decides", () => {
    const { flight } = sent();
    flight.answered(ok(final("deny", "deny")));
    assert.equal(flight.remainingMs, 0);
  });

  for (const code of DUO_FAILURE_CODES) {
    const out = !REFUSALS.includes(code);
    it(`auth: ${code}: ${out ? "may be out" : "is not out"}`, () => {
      const { flight } = sent();
      flight.answered(err(failure(code, "auth")));
      assert.deepEqual([flight.txid, flight.remainingMs], [undefined, out ? PUSH_LIFE_MS + UNREAD_MARGIN_MS : 0]);
    });
    it(`no connection for auth (${code}): is not out`, () => {
      for (const stage of ["resolve", "connect", "tls"] as const) {
        const { flight } = sent();
        flight.answered(err(failure(code, stage)));
        assert.equal(flight.remainingMs, 0);
      }
    });
  }
});
