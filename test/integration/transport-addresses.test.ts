// Reaching Duo over several addresses and both families: the next address is tried 250 ms after the one before, at once when
// that one refuses, and connect_timeout bounds all of it. The addresses are real loopback ones; only the look-up is ours.

import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { describe, it, type TestContext } from "node:test";
import { systemClock } from "../../src/core/clock.ts";
import { type Address, KnownAddresses } from "../../src/duo/resolver.ts";
import { createDuoService } from "../../src/duo/service.ts";
import { createTransport, type TransportSettings } from "../../src/duo/transport.ts";
import { dial, NEXT_ADDRESS_MS } from "../../src/duo/transport-dial.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { openBlackHole } from "../support/black-hole.ts";
import { noEvents, settingsFor } from "../support/duo-service.ts";

const live = new AbortController().signal;
const PING = { stage: "ping", method: "GET", path: "/auth/v2/ping", headers: {} } as const;
const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
const noIpv6 = hasIpv6 ? false : "this machine has no ::1";
/** Room for a busy machine; every wait that a test tells apart is longer. */
const ROOM_MS = 240;

const v4 = (address: string): Address => ({ address, family: 4 });
const v6 = (address: string): Address => ({ address, family: 6 });

async function emulate(t: TestContext, host = "127.0.0.1"): Promise<Emulator> {
  const emulator = await startEmulator({ host });
  t.after(() => emulator.close());
  return emulator;
}

async function blackHole(t: TestContext, host: string, port: number, forMs?: number): Promise<void> {
  const hole = await openBlackHole(host, port, forMs);
  t.after(() => hole.close());
}

interface Asked {
  readonly outcome: string;
  readonly ms: number;
}

/** Sends one ping to the emulator's port at the addresses that `resolve` gives. */
async function ping(
  t: TestContext,
  emulator: Emulator,
  resolve: () => Promise<readonly Address[]>,
  change: Partial<TransportSettings> = {},
): Promise<Asked> {
  const transport = createTransport({ ...settingsFor(emulator), ...change }, systemClock, { resolve });
  t.after(() => transport.close());
  const from = performance.now();
  const result = await transport.send(PING, live);
  const outcome = result.ok ? "ok" : `${result.error.code} ${result.error.stage}`;
  return { outcome, ms: performance.now() - from };
}

const at =
  (...addresses: readonly Address[]) =>
  () =>
    Promise.resolve(addresses);

describe("addresses that another application of this process has learnt, or one before a reload", () => {
  it("are used where the resolver fails", async (t) => {
    const emulator = await emulate(t);
    const known = new KnownAddresses();
    const fails = () => Promise.reject(Object.assign(new Error("try again"), { code: "EAI_AGAIN" }));
    const outcomes: string[] = [];
    for (const resolve of [fails, at(v4("127.0.0.1")), fails]) {
      const transport = createTransport(settingsFor(emulator), systemClock, { resolve, known });
      const result = await transport.send(PING, live);
      outcomes.push(result.ok ? "ok" : result.error.code);
      await transport.close();
    }
    assert.deepEqual(outcomes, ["resolve-failed", "ok", "ok"]);
  });

  it("are those of the same host alone, and an empty answer takes none away", async (t) => {
    const emulator = await emulate(t);
    const known = new KnownAddresses();
    known.keep("duo.invalid", [v4("127.0.0.1")]);
    known.keep("duo.invalid", []);
    const outcomeOf = async (host: string) => {
      const duo = createDuoService(settingsFor(emulator, { host }), systemClock, noEvents, known);
      const result = await duo.ping(live);
      await duo.close();
      return !result.ok && result.error.code;
    };
    // It is reached, and its certificate is another host's.
    assert.equal(await outcomeOf("duo.invalid"), "tls-failed");
    assert.notEqual(await outcomeOf("other.invalid"), "tls-failed");
  });
});

describe("several addresses", () => {
  it("costs 250 ms for one that is silent", async (t) => {
    const emulator = await emulate(t);
    await blackHole(t, "127.0.0.2", emulator.port);
    const { outcome, ms } = await ping(t, emulator, at(v4("127.0.0.2"), v4("127.0.0.1")));
    assert.equal(outcome, "ok");
    assert.ok(ms >= NEXT_ADDRESS_MS - 5 && ms < NEXT_ADDRESS_MS + ROOM_MS, `${ms} ms`);
  });

  it("costs nothing for one that refuses", async (t) => {
    const emulator = await emulate(t);
    const { outcome, ms } = await ping(t, emulator, at(v4("127.0.0.3"), v4("127.0.0.4"), v4("127.0.0.1")));
    assert.equal(outcome, "ok");
    assert.ok(ms < ROOM_MS, `${ms} ms`);
  });

  it("uses the first that answers, though it takes longer than the next one's turn", async (t) => {
    const emulator = await emulate(t);
    // The kernel sends the SYN again after 1 s; by then the listener answers.
    await blackHole(t, "127.0.0.2", emulator.port, 500);
    await blackHole(t, "127.0.0.3", emulator.port);
    const resolve = at(v4("127.0.0.2"), v4("127.0.0.3"));
    const socket = await dial({ host: "duo", port: emulator.port }, resolve, systemClock, live);
    assert.equal(socket.remoteAddress, "127.0.0.2");
    socket.destroy();
  });

  it("is bounded by connect_timeout when all are silent", async (t) => {
    const emulator = await emulate(t);
    await blackHole(t, "127.0.0.2", emulator.port);
    await blackHole(t, "127.0.0.3", emulator.port);
    const resolve = at(v4("127.0.0.2"), v4("127.0.0.3"));
    const { outcome, ms } = await ping(t, emulator, resolve, { connectTimeoutMs: 600 });
    assert.equal(outcome, "connect-timeout connect");
    assert.ok(ms >= 595 && ms < 600 + ROOM_MS, `${ms} ms`);
  });

  it("fails at once when all refuse, with the first one's error", async (t) => {
    const emulator = await emulate(t);
    const { outcome, ms } = await ping(t, emulator, at(v4("127.0.0.3"), v4("127.0.0.4")));
    assert.equal(outcome, "connect-failed connect");
    assert.ok(ms < ROOM_MS, `${ms} ms`);
  });

  it("alternates the families, the resolver's first one first", { skip: noIpv6 }, async (t) => {
    const emulator = await emulate(t, "127.0.0.9");
    const order = [v6("::1"), v6("::1"), v4("127.0.0.3"), v4("127.0.0.4")];
    const error: unknown = await dial({ host: "duo", port: emulator.port }, at(...order), systemClock, live).catch(
      (caught: unknown) => caught,
    );
    assert.ok(error instanceof AggregateError);
    assert.deepEqual(
      error.errors.map((one: NodeJS.ErrnoException & { address?: string }) => one.address),
      ["::1", "127.0.0.3", "::1", "127.0.0.4"],
    );
  });
});

describe("two families", { skip: noIpv6 }, () => {
  it("reaches a host that listens on IPv6 alone", async (t) => {
    const emulator = await emulate(t, "::1");
    assert.equal((await ping(t, emulator, at(v4("127.0.0.1"), v6("::1")))).outcome, "ok");
  });

  it("reaches a host over IPv4 when its IPv6 is silent", async (t) => {
    const emulator = await emulate(t);
    await blackHole(t, "::1", emulator.port);
    const { outcome, ms } = await ping(t, emulator, at(v6("::1"), v4("127.0.0.1")));
    assert.equal(outcome, "ok");
    assert.ok(ms < NEXT_ADDRESS_MS + ROOM_MS, `${ms} ms`);
  });
});

describe("the look-up", () => {
  it("is resolve-failed when there is no such name", async (t) => {
    const emulator = await emulate(t);
    const fails = () => Promise.reject(Object.assign(new Error("getaddrinfo ENOTFOUND duo"), { code: "ENOTFOUND" }));
    assert.equal((await ping(t, emulator, fails)).outcome, "resolve-failed resolve");
  });

  it("is bounded by connect_timeout", async (t) => {
    const emulator = await emulate(t);
    const never = () => new Promise<never>(() => undefined);
    const { outcome, ms } = await ping(t, emulator, never, { connectTimeoutMs: 200 });
    assert.equal(outcome, "connect-timeout connect");
    assert.ok(ms < 200 + ROOM_MS, `${ms} ms`);
  });
});

describe("connect_timeout", () => {
  it("bounds the handshake too, and what went before counts", async (t) => {
    const emulator = await emulate(t);
    await blackHole(t, "127.0.0.2", emulator.port);
    emulator.fault("tls", { kind: "silent" });
    const resolve = at(v4("127.0.0.2"), v4("127.0.0.1"));
    const { outcome, ms } = await ping(t, emulator, resolve, { connectTimeoutMs: 600 });
    assert.equal(outcome, "connect-timeout connect");
    assert.ok(ms >= 595 && ms < 600 + ROOM_MS, `${ms} ms`);
  });
});
