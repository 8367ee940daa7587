// metrics_listen can be reached by everybody on this machine: what others do there keeps no scraper from its metrics. Real
// sockets, and the server as the daemon opens it.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { systemClock } from "../../src/core/clock.ts";
import { giveWay } from "../../src/gateway/giving-way.ts";
import { openMetrics } from "../../src/gateway/metrics-server.ts";
import { ask } from "../support/control.ts";
import { freePort } from "../support/proxies.ts";

/** More than the server keeps at once. */
const MANY = 200;
const REQUEST = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

interface Place {
  readonly host: string;
  readonly port: number;
}

async function serve(t: TestContext, text: string): Promise<Place> {
  const place = { host: "127.0.0.1", port: await freePort() };
  const metrics = () => Promise.resolve({ status: 200, type: "text/plain", text });
  const onError = (error: Error) => assert.fail(error);
  const door = await openMetrics(place, { metrics, clock: systemClock, onError });
  t.after(() => door.close());
  return place;
}

/** A connection of somebody who means no good: never reads, and ends with the test. */
async function nuisance(t: TestContext, place: Place, bytes = ""): Promise<Socket> {
  const socket = connect(place);
  socket.on("error", () => undefined);
  socket.pause();
  t.after(() => socket.destroy());
  await once(socket, "connect");
  socket.write(bytes);
  return socket;
}

async function scrapes(place: Place): Promise<void> {
  // A connection of its own each time.
  const { status } = await ask(place, "/metrics", { headers: { connection: "close" } });
  assert.equal(status, 200);
}

test("silent connections keep no scraper out", async (t) => {
  const place = await serve(t, "x 1\n");
  for (let number = 0; number < MANY; number += 1) await nuisance(t, place);
  await scrapes(place);
  for (let number = 0; number < MANY; number += 1) await nuisance(t, place, "GET /metrics HTTP/1.1\r\nx: ");
  await scrapes(place);
});

test("nor do those that ask and do not read, for any length of the answer", async (t) => {
  const place = await serve(t, "x".repeat(8 * 1024 * 1024));
  for (let number = 0; number < MANY; number += 1) await nuisance(t, place, REQUEST);
  await scrapes(place);
});

test("nor those that come all the time", async (t) => {
  const place = await serve(t, "x 1\n");
  let over = false;
  const flood = async () => {
    while (!over) await nuisance(t, place);
  };
  const floods = [flood(), flood(), flood(), flood()];
  for (let round = 0; round < 50; round += 1) await scrapes(place);
  over = true;
  await Promise.all(floods);
});

test("a connection that does not ask is closed within seconds", async (t) => {
  const place = await serve(t, "x 1\n");
  const before = performance.now();
  const silent = [await nuisance(t, place), await nuisance(t, place, "GET /me")];
  for (const socket of silent) socket.resume();
  await Promise.all(silent.map((socket) => once(socket, "close")));
  assert.ok(performance.now() - before < 15_000, "a silent connection stays for long");
});

test("of more connections than there may be, those that have been silent for the longest are closed", {
  timeout: 20_000,
}, async (t) => {
  const server = createServer();
  giveWay(server, 4);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  for (let number = 0; number < 10; number += 1) {
    sockets.push((await nuisance(t, { host: "127.0.0.1", port })).resume());
  }
  await Promise.all(sockets.slice(0, 6).map((socket) => socket.destroyed || once(socket, "close")));
  assert.deepEqual(
    sockets.slice(6).map(({ destroyed }) => destroyed),
    [false, false, false, false],
  );
});
