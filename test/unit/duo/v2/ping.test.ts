// The ping: unsigned, and Duo's time believed within bounds.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClockOffset } from "../../../../src/duo/clock-offset.ts";
import { ping } from "../../../../src/duo/v2/ping.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { FakeTransport, okReply, reply, type TransportReply } from "../../../support/fake-transport.ts";
import { live } from "./bench.ts";

async function pinged(answer: (seconds: number) => TransportReply) {
  const clock = new FakeClock();
  const offset = new ClockOffset();
  const transport = new FakeTransport([answer(Math.floor(clock.wallMs() / 1000))]);
  return { result: await ping(transport, clock, offset, "agent", live), offset, request: transport.requests[0] };
}

describe("ping", () => {
  it("is unsigned and learns the time", async () => {
    const { result, offset, request } = await pinged((now) => okReply({ time: now + 3600, more: 1 }));
    assert.ok(result.ok && result.value.believable);
    assert.equal(Math.round(offset.ms / 10_000), 360);
    assert.deepEqual(request, {
      stage: "ping",
      method: "GET",
      path: "/auth/v2/ping",
      headers: { "user-agent": "agent", accept: "application/json" },
    });
  });

  it("says when the time cannot be believed, and does not use it", async () => {
    const { result, offset } = await pinged((now) => okReply({ time: now + 200_000 }));
    assert.ok(result.ok && !result.value.believable);
    assert.equal(offset.ms, 0);
  });

  for (const response of [{}, { time: "1" }, { time: 1.5 }, { time: 0 }, { time: -1 }, "pong", null]) {
    it(`${JSON.stringify(response)} is no time`, async () => {
      const { result, offset } = await pinged(() => okReply(response));
      assert.ok(!result.ok && result.error.code === "invalid-response");
      assert.equal(offset.known, false);
    });
  }

  it("hands failures on", async () => {
    const lost = await pinged(() => "connect-failed");
    assert.ok(!lost.result.ok && lost.result.error.code === "connect-failed");
    const sick = await pinged(() => reply(503, ""));
    assert.ok(!sick.result.ok && sick.result.error.code === "server-error");
  });
});
