// Holds every fault of the emulator: what a client sees, for how long, and whether the request took effect.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { type TestContext, test } from "node:test";
import { connect as connectTls } from "node:tls";
import type { Emulator } from "../emulator/emulator.ts";
import type { EndpointFault, Fault } from "../emulator/faults/fault.ts";
import { startLab } from "../emulator/testing/lab.ts";
import { type Reply, responseField, signedClient } from "../emulator/testing/signed-client.ts";

const push = { username: "alice", factor: "push", device: "auto", async: "1" } as const;

/** The error code of a call that must fail, also of its cause. */
async function errorCode(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => assert.fail("the call did not fail"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
  return "code" in error && error.code !== undefined ? String(error.code) : error.message;
}

/** One call over a connection of its own. */
async function freshPing(emulator: Emulator): Promise<Reply> {
  const client = signedClient(emulator);
  try {
    return await client.get("/auth/v2/ping");
  } finally {
    await client.close();
  }
}

const lost: readonly (readonly [EndpointFault, string])[] = [
  [{ kind: "reset" }, "ECONNRESET"],
  [{ kind: "half-body" }, "UND_ERR_SOCKET"],
  // undici's error for it has no code.
  [
    { kind: "raw", bytes: "220 mail.example.org ESMTP\r\n" },
    "Response does not match the HTTP/1.1 protocol (Expected HTTP/, RTSP/ or ICE/)",
  ],
];

for (const [fault, code] of lost) {
  test(`endpoint fault ${fault.kind}: the call fails once, the next one works`, async (context) => {
    const { emulator, client } = await startLab(context);
    emulator.fault("check", fault, { times: 1 });
    assert.equal(await errorCode(client.get("/auth/v2/check")), code);
    assert.equal((await client.get("/auth/v2/check")).status, 200);
    assert.deepEqual(
      emulator.requests.map((request) => request.fault),
      [fault.kind, undefined],
    );
  });
}

test("a fault without a count lasts until it is cleared; faults are used in the order they were planned", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.fault("check", { kind: "status", status: 503 }, { times: 2 });
  emulator.fault("check", { kind: "status", status: 500 });
  const statuses: number[] = [];
  for (let call = 0; call < 5; call += 1) statuses.push((await client.get("/auth/v2/check")).status);
  emulator.clearFaults();
  statuses.push((await client.get("/auth/v2/check")).status);
  assert.deepEqual(statuses, [503, 503, 500, 500, 500, 200]);
});

test("error statuses carry Duo's envelope and the waits they were given", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.fault("check", { kind: "status", status: 429, retryAfter: "2", xRetryAfter: "3" }, { times: 1 });
  const limited = await client.get("/auth/v2/check");
  assert.deepEqual(
    [limited.status, limited.code, limited.headers["retry-after"], limited.headers["x-retry-after"]],
    [429, 42901, "2", "3"],
  );
  for (const status of [401, 403, 404, 429, 500, 503]) {
    emulator.fault("check", { kind: "status", status }, { times: 1 });
    const reply = await client.get("/auth/v2/check");
    assert.deepEqual([reply.status, reply.code, reply.headers["retry-after"]], [status, status * 100 + 1, undefined]);
  }
});

const unusable: readonly (readonly [EndpointFault, RegExp, number])[] = [
  [{ kind: "invalid-json" }, /^\{"stat": "OK", "response": \{"result": "allow"$/, 200],
  [{ kind: "html" }, /^<html>/, 502],
  [{ kind: "html", status: 200 }, /^<html>/, 200],
  [{ kind: "body", text: "null" }, /^null$/, 200],
  [{ kind: "unknown-result" }, /"result":"maybe"/, 200],
  [{ kind: "wrong-types" }, /"result":\["auth"\],"status_msg":\["Account is active"\],"devices":"none"/, 200],
];

for (const [fault, pattern, status] of unusable) {
  test(`endpoint fault ${JSON.stringify(fault)}`, async (context) => {
    const { emulator, client } = await startLab(context);
    emulator.fault("preauth", fault);
    const reply = await client.post("/auth/v2/preauth", { username: "alice" });
    assert.match(reply.text, pattern);
    assert.equal(reply.status, status);
  });
}

test("an oversized reply has ten megabytes", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.fault("check", { kind: "oversized" });
  assert.ok((await client.get("/auth/v2/check")).bytes.length > 10_000_000);
});

test("delay and drip give the true reply, late and in pieces", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.fault("check", { kind: "delay", ms: 60 }, { times: 1 });
  emulator.fault("check", { kind: "drip", intervalMs: 5, bytes: 8 }, { times: 1 });
  for (const least of [50, 25]) {
    const start = performance.now();
    assert.match((await client.get("/auth/v2/check")).text, /"time":\d+\}\}$/);
    assert.ok(performance.now() - start >= least);
  }
});

test("a silent endpoint is left by the client, and the emulator forgets it", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.fault("auth", { kind: "silent" });
  const leaving = new AbortController();
  const call = client.post("/auth/v2/auth", push, { signal: leaving.signal });
  await emulator.nextRequest("auth", { after: 0 });
  leaving.abort();
  assert.equal(await errorCode(call), "20");
  assert.equal(emulator.pushes.length, 0);
});

test("`processed` faults let the push go out before the reply is lost", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.fault("auth", { kind: "reset", processed: true }, { times: 1 });
  emulator.fault("auth", { kind: "reset" }, { times: 1 });
  emulator.fault("auth", { kind: "status", status: 500, processed: true }, { times: 1 });
  await errorCode(client.post("/auth/v2/auth", push));
  assert.equal(emulator.pushes.length, 1);
  await errorCode(client.post("/auth/v2/auth", push));
  assert.equal(emulator.pushes.length, 1);
  assert.equal((await client.post("/auth/v2/auth", { ...push, async: "0" })).status, 500);
  assert.equal(emulator.pushes.length, 2);
});

test("waiting-forever holds back even a decision", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.whenPushed("alice", "approve");
  emulator.fault("auth_status", { kind: "waiting-forever", holdMs: 5 }, { times: 2 });
  const txid = String(responseField(await client.post("/auth/v2/auth", push), "txid"));
  const results: unknown[] = [];
  for (let poll = 0; poll < 3; poll += 1) {
    results.push(responseField(await client.get("/auth/v2/auth_status", { txid }), "result"));
  }
  assert.deepEqual(results, ["waiting", "waiting", "allow"]);
});

test("clock-skew meets one request and leaves the others alone", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.fault("check", { kind: "clock-skew", seconds: -400 }, { times: 1 });
  assert.equal((await client.get("/auth/v2/check")).code, 40105);
  assert.equal((await client.get("/auth/v2/check")).status, 200);
});

test("refused connections: open ones end, new ones fail, and the port comes back", async (context) => {
  const { emulator, client } = await startLab(context);
  await client.get("/auth/v2/ping");
  emulator.fault("connect", { kind: "refuse" });
  assert.equal(await errorCode(freshPing(emulator)), "ECONNREFUSED");
  assert.equal(emulator.connections.open, 0);
  assert.throws(() => emulator.fault("connect", { kind: "refuse" }, { times: 1 }), TypeError);
  emulator.clearFaults();
  assert.equal((await freshPing(emulator)).status, 200);
});

test("a port of refused connections is nobody else's meanwhile", async (context) => {
  const { emulator } = await startLab(context);
  emulator.fault("connect", { kind: "refuse" });
  assert.equal(await errorCode(freshPing(emulator)), "ECONNREFUSED");
  assert.equal(canBind(emulator.port), false);
});

test("faults that change within one turn: the last one counts, and so does the end", async (context) => {
  const { emulator } = await startLab(context);
  emulator.fault("connect", { kind: "refuse" });
  emulator.clearFaults();
  emulator.fault("connect", { kind: "refuse" });
  assert.equal(await errorCode(freshPing(emulator)), "ECONNREFUSED");
  assert.equal(await errorCode(freshPing(emulator)), "ECONNREFUSED");
  emulator.clearFaults();
  await emulator.close();
  assert.equal(await errorCode(freshPing(emulator)), "ECONNREFUSED");
});

/** As a program binds that shares no port, and as the kernel does when it chooses one. Node itself always shares. */
function canBind(port: number): boolean {
  const script = "import socket, sys; socket.socket().bind(('127.0.0.1', int(sys.argv[1])))";
  const { status, stderr } = spawnSync("python3", ["-c", script, String(port)], { encoding: "utf8" });
  if (status === 0) return true;
  assert.match(stderr, /Address already in use/);
  return false;
}

const handshakes: readonly (readonly ["connect" | "tls", Fault, string])[] = [
  ["connect", { kind: "reset" }, "ECONNRESET"],
  ["tls", { kind: "reset" }, "ECONNRESET"],
  ["tls", { kind: "close" }, "ECONNRESET"],
  ["tls", { kind: "alert", alert: 40 }, "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE"],
  ["tls", { kind: "garbage", text: "220 mail.example.org ESMTP\r\n" }, "ERR_SSL_WRONG_VERSION_NUMBER"],
  ["tls", { kind: "certificate", certificate: "wrong-name" }, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["tls", { kind: "certificate", certificate: "expired" }, "CERT_HAS_EXPIRED"],
  ["tls", { kind: "certificate", certificate: "not-yet-valid" }, "CERT_NOT_YET_VALID"],
  ["tls", { kind: "certificate", certificate: "self-signed" }, "DEPTH_ZERO_SELF_SIGNED_CERT"],
];

for (const [target, fault, code] of handshakes) {
  test(`${target} fault ${JSON.stringify(fault)} is ${code}, once`, async (context) => {
    const { emulator } = await startLab(context);
    emulator.fault(target, fault, { times: 1 });
    assert.equal(await errorCode(freshPing(emulator)), code);
    assert.equal(emulator.requests.length, 0);
    assert.equal((await freshPing(emulator)).status, 200);
  });
}

async function silentSocket(context: TestContext, target: "connect" | "tls"): Promise<void> {
  const { emulator } = await startLab(context);
  emulator.fault(target, { kind: "silent" });
  const socket = connectTcp(emulator.port, "127.0.0.1");
  await once(socket, "connect");
  socket.on("data", () => assert.fail("the emulator spoke"));
  socket.on("error", () => undefined);
  socket.write("hello");
  // Not events.once: it rejects on the reset that ends a socket with unread bytes.
  const closed = new Promise((resolve) => socket.on("close", resolve));
  await emulator.close();
  await closed;
}

test("a silent connection stays silent until the emulator closes", (context) => silentSocket(context, "connect"));
test("a silent handshake stays silent until the emulator closes", (context) => silentSocket(context, "tls"));

test("a fault that does not fit its target is a TypeError", async (context) => {
  const { emulator } = await startLab(context);
  assert.throws(() => emulator.fault("connect", { kind: "html" }), TypeError);
  assert.throws(() => emulator.fault("ping", { kind: "refuse" }), TypeError);
  assert.throws(() => emulator.fault("ping", { kind: "delay", ms: Number.NaN }), TypeError);
  assert.throws(() => emulator.fault("ping", { kind: "reset" }, { times: 0 }), TypeError);
});

test("TLS 1.1 is refused; 1.2 and 1.3 are recorded, and a resumed session is seen as one", async (context) => {
  const { emulator } = await startLab(context);
  const ca = readFileSync(emulator.caFile);
  const target = { port: emulator.port, host: "localhost", ca };
  const old = connectTls({ ...target, minVersion: "TLSv1.1", maxVersion: "TLSv1.1" });
  const [refusal] = await once(old, "error");
  assert.match(String(refusal), /protocol|alert/i);
  const ask = async (session: Buffer | undefined, version: "TLSv1.2" | "TLSv1.3"): Promise<Buffer | undefined> => {
    const socket = connectTls({ ...target, minVersion: version, maxVersion: version, ...(session && { session }) });
    const ticket = once(socket, "session");
    await once(socket, "secureConnect");
    socket.write("GET /auth/v2/ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const [given] = session === undefined ? await ticket : [undefined];
    socket.resume();
    await once(socket, "close");
    return Buffer.isBuffer(given) ? given : undefined;
  };
  const ticket = await ask(undefined, "TLSv1.2");
  await ask(ticket, "TLSv1.2");
  await ask(undefined, "TLSv1.3");
  assert.deepEqual(
    emulator.requests.map(({ protocol, resumed }) => `${protocol} ${resumed}`),
    ["TLSv1.2 false", "TLSv1.2 true", "TLSv1.3 false"],
  );
});
