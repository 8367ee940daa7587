// The ping of v1: unsigned, "pong", and the time of the Date header believed within bounds.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClockOffset } from "../../../../src/duo/clock-offset.ts";
import { pingV1 } from "../../../../src/duo/v1/ping.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { FakeTransport, okReply, reply, type TransportReply } from "../../../support/fake-transport.ts";
import { live } from "../dialect-bench.ts";

async function pinged(answer: (nowMs: number) => TransportReply) {
  const clock = new FakeClock();
  const offset = new ClockOffset();
  const transport = new FakeTransport([answer(clock.wallMs())]);
  return { result: await pingV1(transport, clock, offset, "agent", live), offset, request: transport.requests[0] };
}

const pong = (date: string | undefined): TransportReply => ({ ...okReply("pong"), date });
const utc = (ms: number) => new Date(ms).toUTCString();

describe("v1 ping", () => {
  it("is unsigned and learns the time of the Date header", async () => {
    const { result, offset, request } = await pinged((now) => pong(utc(now + 3_600_000)));
    assert.ok(result.ok && result.value.believable);
    assert.equal(Math.round(offset.ms / 10_000), 360);
    assert.deepEqual(request, {
      stage: "ping",
      method: "GET",
      path: "/rest/v1/ping",
      headers: { "user-agent": "agent", accept: "application/json" },
    });
  });

  it("says when the time cannot be believed, and does not use it", async () => {
    const { result, offset } = await pinged((now) => pong(utc(now + 200_000_000)));
    assert.ok(result.ok && !result.value.believable);
    assert.equal(offset.ms, 0);
  });

  for (const date of [
    undefined,
    "",
    "tomorrow",
    "5",
    "Sat, 21 Nov 2026 20:31:23 +0900",
    "Sat, 41 Nov 2026 20:31:23 GMT",
  ]) {
    it(`learns nothing from the date ${JSON.stringify(date)}`, async () => {
      const { result, offset } = await pinged(() => pong(date));
      assert.deepEqual(result, { ok: true, value: { time: undefined, believable: true } });
      assert.equal(offset.known, false);
    });
  }

  for (const response of ["ping", { time: 1 }, null]) {
    it(`${JSON.stringify(response)} is no pong`, async () => {
      const { result } = await pinged(() => okReply(response));
      assert.ok(!result.ok && result.error.code === "invalid-response");
    });
  }

  it("hands failures on", async () => {
    const lost = await pinged(() => "connect-failed");
    assert.ok(!lost.result.ok && lost.result.error.code === "connect-failed");
    const sick = await pinged(() => reply(503, ""));
    assert.ok(!sick.result.ok && sick.result.error.code === "server-error");
  });
});
