// A connection that Duo, or something on the way, closed or forgot while it was idle: it costs no login and no second push.
// The front loses connections at the moment a request is written to them, when no client can know any more.

import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { createDuoService, type DuoService } from "../../src/duo/service.ts";
import { PROOF_TIMEOUT_MS, PROVEN_MS } from "../../src/duo/transport.ts";
import { type Emulator, type EmulatorOptions, startEmulator } from "../emulator/emulator.ts";
import { type DuoFront, openFront } from "../support/duo-front.ts";
import { ALICE, noEvents, pushOf, ShiftedClock, settingsFor } from "../support/duo-service.ts";

const live = new AbortController().signal;

interface Bench {
  readonly emulator: Emulator;
  readonly front: DuoFront;
  readonly clock: ShiftedClock;
  readonly duo: DuoService;
  preauth(): ReturnType<typeof wanted>;
  /** Endpoint and connection of each request, in order. */
  readonly seen: () => readonly string[];
}

async function bench(t: TestContext, options: EmulatorOptions = {}): Promise<Bench> {
  const emulator = await startEmulator(options);
  const front = await openFront(emulator.port);
  const clock = new ShiftedClock();
  const duo = createDuoService(settingsFor({ ...emulator, port: front.port }), clock, noEvents);
  t.after(async () => {
    await duo.close();
    await front.close();
    await emulator.close();
  });
  const numbers: number[] = [];
  const nameOf = (connection: number) => {
    if (!numbers.includes(connection)) numbers.push(connection);
    return `connection ${numbers.indexOf(connection) + 1}`;
  };
  return {
    emulator,
    front,
    clock,
    duo,
    preauth: () => wanted(duo),
    seen: () => emulator.requests.map(({ endpoint, connection }) => `${endpoint} on ${nameOf(connection)}`),
  };
}

async function wanted(duo: DuoService) {
  const preauth = await duo.api.preauth(ALICE, live);
  assert.ok(preauth.ok, JSON.stringify(preauth));
  return pushOf(preauth.value);
}

describe("auth", () => {
  it("goes over the connection of preauth when that has just answered, without a round trip more", async (t) => {
    const { duo, clock, preauth, seen } = await bench(t);
    const push = await preauth();
    clock.putForward(PROVEN_MS - 500);
    assert.ok((await duo.api.auth(ALICE, push, live)).ok);
    assert.deepEqual(seen(), ["preauth on connection 1", "auth on connection 1"]);
  });

  it("makes an older connection prove itself first", async (t) => {
    const { duo, clock, preauth, seen } = await bench(t);
    const push = await preauth();
    clock.putForward(PROVEN_MS + 500);
    assert.ok((await duo.api.auth(ALICE, push, live)).ok);
    assert.deepEqual(seen(), ["preauth on connection 1", "ping on connection 1", "auth on connection 1"]);
  });

  it("is not lost, and rings once, when the idle connection dies under the next request", async (t) => {
    const { duo, clock, emulator, front, preauth, seen } = await bench(t);
    const push = await preauth();
    clock.putForward(PROVEN_MS + 500);
    front.doom("reset");
    const reply = await duo.api.auth(ALICE, push, live);
    assert.ok(reply.ok, JSON.stringify(reply));
    assert.deepEqual(seen(), ["preauth on connection 1", "auth on connection 2"]);
    assert.equal(emulator.pushes.length, 1);
  });

  it("is not lost when the idle connection swallows everything without a word", async (t) => {
    const { duo, clock, emulator, front, preauth } = await bench(t);
    const push = await preauth();
    clock.putForward(PROVEN_MS + 500);
    front.doom("silent");
    const from = performance.now();
    assert.ok((await duo.api.auth(ALICE, push, live)).ok);
    assert.ok(performance.now() - from < PROOF_TIMEOUT_MS + 1500);
    assert.equal(emulator.pushes.length, 1);
  });

  it("is not lost when Duo has closed every idle connection", async (t) => {
    const { duo, emulator, front, preauth, seen } = await bench(t);
    const push = await preauth();
    await front.endAll();
    assert.ok((await duo.api.auth(ALICE, push, live)).ok);
    assert.deepEqual(seen(), ["preauth on connection 1", "auth on connection 2"]);
    assert.equal(emulator.pushes.length, 1);
  });

  it("is not sent again when its own new connection dies", async (t) => {
    const { duo, emulator, preauth, seen } = await bench(t);
    const push = await preauth();
    emulator.fault("auth", { kind: "reset", processed: true });
    const reply = await duo.api.auth(ALICE, push, live);
    assert.equal(!reply.ok && reply.error.code, "connection-lost");
    assert.deepEqual(seen(), ["preauth on connection 1", "auth on connection 1"]);
    assert.equal(emulator.pushes.length, 1);
  });

  it("takes a new connection for each call where Duo announces that it keeps none", async (t) => {
    const { duo, emulator, preauth } = await bench(t, { keepAliveMs: 1000 });
    const push = await preauth();
    assert.ok((await duo.api.auth(ALICE, push, live)).ok);
    const [first, second] = emulator.requests.map(({ connection }) => connection);
    assert.notEqual(first, second);
  });
});

describe("a call without side effects", () => {
  it("is repeated on a new connection, however many idle ones are dead", async (t) => {
    const { front, preauth, emulator } = await bench(t);
    await Promise.all([preauth(), preauth(), preauth(), preauth(), preauth()]);
    assert.equal(front.accepted, 5);
    front.doom("reset");
    await preauth();
    assert.equal(front.accepted, 6);
    assert.equal(emulator.requests.length, 6);
  });
});

describe("a call that was stopped", () => {
  it("leaves no connection behind", async (t) => {
    const { duo, emulator, front } = await bench(t);
    emulator.fault("preauth", { kind: "silent" });
    const control = new AbortController();
    const arrived = emulator.nextRequest("preauth");
    const reply = duo.api.preauth(ALICE, control.signal);
    await arrived;
    control.abort();
    const ended = await reply;
    assert.equal(!ended.ok && ended.error.code, "cancelled");
    while (front.open > 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(front.accepted, 1);
  });

  it("ends at once when it is stopped while it connects", async (t) => {
    const { duo, emulator } = await bench(t);
    emulator.fault("tls", { kind: "silent" });
    const control = new AbortController();
    const reply = duo.api.preauth(ALICE, control.signal);
    while (emulator.connections.accepted === 0) await new Promise((resolve) => setImmediate(resolve));
    const from = performance.now();
    control.abort();
    const ended = await reply;
    assert.equal(!ended.ok && ended.error.code, "cancelled");
    assert.ok(performance.now() - from < 500);
  });
});
