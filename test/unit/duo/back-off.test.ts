// What one login's 429 means for the others: they wait as far as that can help, and Duo itself answers each of them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BackOff, paced } from "../../../src/duo/back-off.ts";
import type { WireRequest } from "../../../src/duo/transport.ts";
import { FakeClock, turn } from "../../support/fake-clock.ts";
import { FakeTransport, okReply, reply, type TransportReply } from "../../support/fake-transport.ts";

const live = new AbortController().signal;
const preauth: WireRequest = { stage: "preauth", method: "POST", path: "/auth/v2/preauth", headers: {}, body: "" };
const auth: WireRequest = { ...preauth, stage: "auth" };
const ping: WireRequest = { ...preauth, stage: "ping" };

function bench(replies: readonly TransportReply[], random = 0) {
  const clock = new FakeClock();
  const start = clock.now();
  const at: number[] = [];
  const inner = new FakeTransport(replies, () => at.push(clock.now() - start));
  const backOff = new BackOff(clock);
  const transport = paced(inner, { backOff, clock, wallMs: () => clock.wallMs(), random: () => random });
  const status = async (request: WireRequest, signal: AbortSignal = live) => {
    const result = await clock.run(transport.send(request, signal));
    return result.ok ? result.value.status : result.error.code;
  };
  return { clock, at, backOff, transport, status };
}

describe("a 429", () => {
  it("keeps every call back for as long as it asks", async () => {
    const { at, status } = bench([reply(429, "", "3"), okReply({})]);
    assert.deepEqual([await status(preauth), await status(preauth)], [429, 200]);
    assert.deepEqual(at, [0, 3000]);
  });

  it("keeps auth back as well, which is then sent once", async () => {
    const { at, status } = bench([reply(429, "", "3"), okReply({})]);
    await status(preauth);
    assert.equal(await status(auth), 200);
    assert.deepEqual(at, [0, 3000]);
  });

  it("never decides for another login: with a wait longer than a login has, Duo is asked at once", async () => {
    const { at, status } = bench([reply(429, "", "60"), okReply({}), okReply({})]);
    assert.deepEqual([await status(preauth), await status(preauth), await status(auth)], [429, 200, 200]);
    assert.deepEqual(at, [0, 0, 0]);
  });

  it("holds nobody back for longer than a call's retries may take, however often it comes", async () => {
    const { at, clock, backOff, transport } = bench([okReply({})]);
    backOff.hit(5000);
    for (let ms = 1000; ms <= 20_000; ms += 1000) clock.after(ms, () => backOff.hit(5000));
    const from = clock.now();
    await clock.run(transport.send(preauth, live));
    assert.ok(clock.now() - from <= 8000);
    assert.equal(at.length, 1);
  });

  it("is never waited for by a ping", async () => {
    const { at, status } = bench([reply(429, "", "2"), okReply({})]);
    await status(preauth);
    assert.equal(await status(ping), 200);
    assert.deepEqual(at, [0, 0]);
  });

  it("without a time asks for 1, 2, 4 s and at most 32 s, anew after any other answer", () => {
    const { clock, backOff } = bench([]);
    const waits = Array.from({ length: 8 }, () => {
      backOff.hit(undefined);
      const wait = backOff.remainingMs;
      clock.advance(wait);
      return wait;
    });
    assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 32_000, 32_000, 32_000]);
    backOff.clear();
    backOff.hit(undefined);
    assert.equal(backOff.remainingMs, 1000);
  });

  it("never shortens what an earlier one asked for", () => {
    const { backOff } = bench([]);
    backOff.hit(5000);
    backOff.hit(100);
    assert.equal(backOff.remainingMs, 5000);
  });

  it("keeps those who wait from going on in the same instant", async () => {
    const clock = new FakeClock();
    const at: number[] = [];
    const inner = new FakeTransport([reply(429, "", "3"), okReply({})], () => at.push(clock.now()));
    const randoms = [0, 0.25, 0.5];
    const pace = { backOff: new BackOff(clock), clock, wallMs: () => 0, random: () => randoms.shift() ?? 0 };
    const transport = paced(inner, pace);
    await clock.run(transport.send(preauth, live));
    await clock.run(Promise.all([1, 2, 3].map(() => transport.send(preauth, live))));
    assert.deepEqual(
      at.slice(1).map((ms) => ms - (at[0] ?? 0)),
      [3000, 3250, 3500],
    );
  });

  it("ends the wait of a login that is stopped", async () => {
    const { clock, at, transport, status } = bench([reply(429, "", "5"), okReply({})]);
    await status(preauth);
    const control = new AbortController();
    const waiting = transport.send(preauth, control.signal);
    await turn();
    control.abort();
    const result = await waiting;
    assert.equal(!result.ok && result.error.code, "cancelled");
    assert.deepEqual([at.length, clock.pending], [1, 0]);
  });
});
