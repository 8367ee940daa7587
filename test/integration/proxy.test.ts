// Duo through an HTTP proxy: a real one with credentials, and all the ways in which one can say no. TLS is with Duo behind
// it, whatever it does; the environment is never asked; the credentials are in no failure and no log.

import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { httpProxy } from "../../src/config/proxy-value.ts";
import { type Clock, systemClock } from "../../src/core/clock.ts";
import { createDuoService, type DuoServiceSettings } from "../../src/duo/service.ts";
import { createTransport } from "../../src/duo/transport.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { ALICE, noEvents, pushOf, settingsFor } from "../support/duo-service.ts";
import { startDaemon } from "../support/gateway.ts";
import { noTinyproxy, type ScriptedProxy, startScriptedProxy, startTinyproxy } from "../support/proxies.ts";

const live = new AbortController().signal;
const PING = { stage: "ping", method: "GET", path: "/auth/v2/ping", headers: {} } as const;
/** Base64 of the credentials below, and their parts. */
const SECRETS = /aHVudGVyOmh1bnRlcjI=|hunter/;

function proxyOf(url: string): DuoServiceSettings["httpProxy"] {
  const read = httpProxy.read(url);
  assert.ok(read.ok, url);
  return read.value;
}

async function emulate(t: TestContext): Promise<Emulator> {
  const emulator = await startEmulator();
  t.after(() => emulator.close());
  return emulator;
}

async function scripted(t: TestContext, answer: (socket: Socket) => void): Promise<ScriptedProxy> {
  const proxy = await startScriptedProxy(answer);
  t.after(() => proxy.close());
  return proxy;
}

/** "200", or code, stage and detail of the failure. */
async function ping(t: TestContext, emulator: Emulator, url: string, clock: Clock = systemClock): Promise<string> {
  const settings = settingsFor(emulator, { httpProxy: proxyOf(url), connectTimeoutMs: 400 });
  const transport = createTransport(settings, clock);
  t.after(() => transport.close());
  const result = await transport.send(PING, live);
  return result.ok ? `${result.value.status}` : `${result.error.code} ${result.error.stage}: ${result.error.detail}`;
}

describe("a real proxy", { skip: noTinyproxy() }, () => {
  async function real(t: TestContext) {
    const emulator = await emulate(t);
    const proxy = await startTinyproxy("alice", "s3cret", emulator.port);
    t.after(() => proxy.close());
    return { emulator, place: `127.0.0.1:${proxy.port}` };
  }

  it("carries a whole login, with credentials that are percent-encoded", async (t) => {
    const { emulator, place } = await real(t);
    emulator.whenPushed("alice", "approve");
    const settings = settingsFor(emulator, { httpProxy: proxyOf(`http://al%69ce:s%33cret@${place}`) });
    const duo = createDuoService(settings, systemClock, noEvents);
    t.after(() => duo.close());
    const preauth = await duo.api.preauth(ALICE, live);
    assert.ok(preauth.ok, JSON.stringify(preauth));
    const auth = await duo.api.auth(ALICE, pushOf(preauth.value), live);
    assert.ok(auth.ok && auth.value.kind === "pending");
    const state = await duo.api.authStatus(auth.value.txid, live);
    assert.ok(state.ok && state.value.result === "allow");
    assert.deepEqual([emulator.pushes.length, emulator.connections.accepted], [1, 1]);
  });

  it("refuses wrong credentials and none", async (t) => {
    const { emulator, place } = await real(t);
    const refused = "proxy-refused connect: the proxy answered CONNECT with";
    assert.match(await ping(t, emulator, `http://alice:hunter2@${place}`), new RegExp(`^${refused} 40[17]$`));
    assert.match(await ping(t, emulator, `http://${place}`), new RegExp(`^${refused} 407$`));
    assert.equal(emulator.connections.accepted, 0);
  });

  it("does not weaken the checks of Duo's certificate", async (t) => {
    const { emulator, place } = await real(t);
    emulator.fault("tls", { kind: "certificate", certificate: "wrong-name" });
    assert.match(await ping(t, emulator, `http://al%69ce:s%33cret@${place}`), /^tls-failed tls/);
    emulator.clearFaults();
    emulator.fault("tls", { kind: "certificate", certificate: "self-signed" });
    assert.match(await ping(t, emulator, `http://al%69ce:s%33cret@${place}`), /^tls-failed tls/);
    assert.equal(emulator.requests.length, 0);
  });

  it("is an outage when it cannot reach Duo", async (t) => {
    const { emulator, place } = await real(t);
    emulator.fault("connect", { kind: "refuse" });
    assert.match(
      await ping(t, emulator, `http://al%69ce:s%33cret@${place}`),
      /^connect-failed connect: the proxy answered CONNECT with 5/,
    );
  });
});

const says = (text: string) => (socket: Socket) => void socket.write(text);
const REFUSALS: readonly (readonly [what: string, answer: (socket: Socket) => void, outcome: RegExp])[] = [
  ["407", says("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), /^proxy-refused connect: .* 407$/],
  ["403", says("HTTP/1.0 403 Forbidden\r\nContent-Length: 5\r\n\r\nno no"), /^proxy-refused connect: .* 403$/],
  ["a redirect", says("HTTP/1.1 302 Found\r\nLocation: http://login/\r\n\r\n"), /^proxy-refused connect: .* 302$/],
  ["502", says("HTTP/1.1 502 Bad Gateway\r\n\r\n"), /^connect-failed connect: .* 502$/],
  ["503", says("HTTP/1.1 503 Service Unavailable\r\n\r\n"), /^connect-failed connect: .* 503$/],
  ["429", says("HTTP/1.1 429 Too Many Requests\r\n\r\n"), /^proxy-refused connect: .* 429$/],
  [
    "a number that no status has",
    says("HTTP/1.1 999 No\r\n\r\n"),
    /^proxy-refused connect: the proxy's answer is no HTTP$/,
  ],
  ["a yes behind an interim answer", says("HTTP/1.1 103 Wait\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), /^proxy-refused/],
  ["no HTTP", says("220 mail.example.org ESMTP\r\n\r\n"), /^proxy-refused connect: the proxy's answer is no HTTP$/],
  ["an endless head", says(`HTTP/1.1 200 OK\r\n${"X-Padding: 0123456789\r\n".repeat(2000)}`), /^proxy-refused/],
  ["yes, and then speaks itself", says("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), /^proxy-refused/],
  ["nothing", () => undefined, /^connect-timeout connect: no connection within 400 ms$/],
  ["half a line", says("HTTP/1.1 2"), /^connect-timeout connect/],
  ["yes, and nothing more", says("HTTP/1.1 200 OK\r\n\r\n"), /^connect-timeout connect/],
  ["nothing and hangs up", (socket) => void socket.end(), /^connect-failed connect: the proxy closed the connection$/],
  ["yes and hangs up", (socket) => void socket.end("HTTP/1.1 200 OK\r\n\r\n"), /^tls-failed tls/],
];

describe("a proxy that answers with", () => {
  for (const [what, answer, outcome] of REFUSALS) {
    it(`${what}: ${outcome.source}`, async (t) => {
      const emulator = await emulate(t);
      const proxy = await scripted(t, answer);
      const said = await ping(t, emulator, `http://hunter:hunter2@127.0.0.1:${proxy.port}`);
      assert.match(said, outcome);
      assert.doesNotMatch(said, SECRETS);
      assert.equal(emulator.connections.accepted, 0);
      while (proxy.open > 0) await new Promise((resolve) => setImmediate(resolve));
    });
  }
});

describe("what a proxy is told", () => {
  it("is the place, and the credentials decoded in Basic form", async (t) => {
    const emulator = await emulate(t);
    const proxy = await scripted(t, says("HTTP/1.1 407 No\r\n\r\n"));
    await ping(t, emulator, `http://al%40ice:a%3Ab%40c%25d@127.0.0.1:${proxy.port}`);
    await ping(t, emulator, `http://127.0.0.1:${proxy.port}`);
    const place = `localhost:${emulator.port}`;
    const basic = Buffer.from("al@ice:a:b@c%d").toString("base64");
    assert.deepEqual(proxy.heads, [
      `CONNECT ${place} HTTP/1.1\r\nHost: ${place}\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`,
      `CONNECT ${place} HTTP/1.1\r\nHost: ${place}\r\n\r\n`,
    ]);
  });
});

describe("without http_proxy", () => {
  it("the daemon asks no proxy that its environment names", async (t) => {
    const emulator = await emulate(t);
    const proxy = await scripted(t, says("HTTP/1.1 407 No\r\n\r\n"));
    const url = `http://hunter:hunter2@127.0.0.1:${proxy.port}`;
    const names = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
    const env = { ...Object.fromEntries(names.map((name) => [name, url])), NODE_USE_ENV_PROXY: "1" };
    const daemon = await startDaemon({ duo: emulator, env });
    t.after(() => daemon.stop());
    await daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");
    assert.deepEqual(proxy.heads, []);
  });
});

describe("a daemon whose proxy refuses", () => {
  it("says so, without the credentials", async (t) => {
    const emulator = await emulate(t);
    const proxy = await scripted(t, says("HTTP/1.1 407 No\r\n\r\n"));
    const duoLines = [`http_proxy = http://hunter:hunter2@127.0.0.1:${proxy.port}`];
    const daemon = await startDaemon({ duo: emulator, duoLines, gatewayLines: ["log_level = debug"] });
    const line = await daemon.line(({ failure }) => failure === "proxy-refused");
    assert.equal(line["stage"], "connect");
    await daemon.stop();
    assert.doesNotMatch(`${JSON.stringify(daemon.lines)}${daemon.stderr()}`, SECRETS);
  });
});
