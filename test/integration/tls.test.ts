// Servers that are not Duo, each in its own way: none of them gets a request. The servers really listen, and each test shows
// first that a client with no checks can talk to them, so that it is our check that refuses.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type ServerOptions } from "node:https";
import { after, before, describe, it, type TestContext } from "node:test";
import tls, { type ConnectionOptions, connect as connectTls } from "node:tls";
import { systemClock } from "../../src/core/clock.ts";
import { createTransport, type TransportSettings } from "../../src/duo/transport.ts";
import type { Root } from "../../src/duo/trust.ts";
import { startEmulator } from "../emulator/emulator.ts";
import type { CertificateKind } from "../emulator/tls/certificates.ts";
import { settingsFor } from "../support/duo-service.ts";
import { makeAuthority, type TestAuthority } from "../support/test-authority.ts";

const live = new AbortController().signal;
const PING = { stage: "ping", method: "GET", path: "/auth/v2/ping", headers: {} } as const;

let authority: TestAuthority;
let other: TestAuthority;
before(() => {
  authority = makeAuthority();
  other = makeAuthority();
});
after(() => {
  authority.close();
  other.close();
});

interface Served {
  readonly port: number;
  readonly requests: () => number;
}

async function serve(t: TestContext, options: ServerOptions): Promise<Served> {
  let requests = 0;
  const server = createServer(options, (_request, response) => {
    requests += 1;
    response.end("{}");
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return { port: address.port, requests: () => requests };
}

/** Resolves when a client that checks nothing has finished its handshake. */
function lax(port: number, options: ConnectionOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: "127.0.0.1", ...options, rejectUnauthorized: false }, () => {
      socket.destroy();
      resolve();
    });
    socket.on("error", reject);
  });
}

/** "200", or the code and stage of the failure, with its detail. */
async function ping(
  t: TestContext,
  change: Partial<TransportSettings> & { readonly port: number },
  onRoot?: (root: Root) => void,
) {
  const place = { ikey: "DI", skey: "s", caFile: "/dev/null", port: change.port };
  const settings = settingsFor(place, { caCertificates: [authority.root], ...change });
  const resolve = () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]);
  const transport = createTransport(settings, systemClock, { resolve, onRoot });
  t.after(() => transport.close());
  const result = await transport.send(PING, live);
  return result.ok
    ? { outcome: `${result.value.status}`, detail: "" }
    : { outcome: `${result.error.code} ${result.error.stage}`, detail: result.error.detail };
}

interface Case {
  readonly what: string;
  readonly host: string;
  readonly names: string | undefined;
  readonly commonName?: string;
  readonly outcome: string;
}

const REFUSED = "tls-failed tls";
const NAMES: readonly Case[] = [
  { what: "its own name", host: "api.duosecurity.test", names: "DNS:api.duosecurity.test", outcome: "200" },
  { what: "its own name in capitals", host: "api.duosecurity.test", names: "DNS:API.duosecurity.TEST", outcome: "200" },
  { what: "a wildcard for one label", host: "api.duosecurity.test", names: "DNS:*.duosecurity.test", outcome: "200" },
  { what: "a wildcard across dots", host: "a.b.duosecurity.test", names: "DNS:*.duosecurity.test", outcome: REFUSED },
  { what: "a wildcard for everything", host: "api.duosecurity.test", names: "DNS:*", outcome: REFUSED },
  { what: "a wildcard in the middle", host: "api.duosecurity.test", names: "DNS:api.*.test", outcome: REFUSED },
  { what: "another name", host: "api.duosecurity.test", names: "DNS:api.duosecurity.example", outcome: REFUSED },
  {
    what: "a name that ends alike",
    host: "api.duosecurity.test",
    names: "DNS:evil-api.duosecurity.test",
    outcome: REFUSED,
  },
  { what: "its name as common name only", host: "api.duosecurity.test", names: undefined, outcome: REFUSED },
  {
    what: "its name as common name beside an address",
    host: "api.duosecurity.test",
    names: "IP:127.0.0.1",
    outcome: REFUSED,
  },
  { what: "its address", host: "127.0.0.1", names: "IP:127.0.0.1", outcome: "200" },
  { what: "another address", host: "127.0.0.1", names: "IP:127.0.0.2", outcome: REFUSED },
  { what: "its address as a name", host: "127.0.0.1", names: "DNS:127.0.0.1", outcome: REFUSED },
  { what: "its address as common name only", host: "127.0.0.1", names: undefined, outcome: REFUSED },
];

describe("the name in the certificate", () => {
  for (const { what, host, names, outcome } of NAMES) {
    it(`${what}: ${outcome}`, async (t) => {
      const served = await serve(t, authority.issue(host, names));
      await lax(served.port, {});
      assert.equal((await ping(t, { host, port: served.port })).outcome, outcome);
      assert.equal(served.requests(), outcome === "200" ? 1 : 0);
    });
  }
});

describe("the chain", () => {
  it("may end in a trusted root, of which the service is told name and end", async (t) => {
    const served = await serve(t, authority.issue("localhost", "DNS:localhost"));
    const roots: Root[] = [];
    await ping(t, { port: served.port }, (root) => roots.push(root));
    assert.equal(roots.length, 1);
    assert.equal(roots[0]?.subject, "duogate test authority");
    const days = ((roots[0]?.expiresMs ?? 0) - Date.now()) / 86_400_000;
    assert.ok(days > 29 && days < 31, `${days}`);
  });

  it("may not end in another authority, whatever its name", async (t) => {
    const served = await serve(t, other.issue("localhost", "DNS:localhost"));
    await lax(served.port, {});
    assert.equal((await ping(t, { port: served.port })).outcome, REFUSED);
    assert.equal(served.requests(), 0);
  });

  for (const certificate of ["self-signed", "expired", "not-yet-valid", "wrong-name"] satisfies CertificateKind[]) {
    it(`is refused with a certificate that is ${certificate}`, async (t) => {
      const emulator = await startEmulator();
      t.after(() => emulator.close());
      emulator.fault("tls", { kind: "certificate", certificate });
      await lax(emulator.port, {});
      const caCertificates = [readFileSync(emulator.caFile, "utf8")];
      const { outcome, detail } = await ping(t, { port: emulator.port, caCertificates });
      assert.equal(outcome, REFUSED, detail);
      assert.equal(emulator.requests.length, 0);
      emulator.clearFaults();
      assert.equal((await ping(t, { port: emulator.port, caCertificates })).outcome, "200");
    });
  }
});

describe("the protocol", () => {
  it("has no anonymous cipher", async (t) => {
    const ciphers = "AECDH-AES256-SHA:@SECLEVEL=0";
    const served = await serve(t, { ciphers, maxVersion: "TLSv1.2" });
    await lax(served.port, { ciphers, maxVersion: "TLSv1.2" });
    assert.equal((await ping(t, { port: served.port })).outcome, REFUSED);
  });

  it("is not TLS 1.1", async (t) => {
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" } as const;
    const served = await serve(t, { ...authority.issue("localhost", "DNS:localhost"), ...old });
    await lax(served.port, old);
    assert.equal((await ping(t, { port: served.port })).outcome, REFUSED);
    assert.equal(served.requests(), 0);
    // Node refuses it too, unless NODE_OPTIONS or OpenSSL's configuration say otherwise: ours must not hang on theirs.
    const { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS } = tls;
    t.after(() => Object.assign(tls, { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS }));
    Object.assign(tls, { DEFAULT_MIN_VERSION: "TLSv1", DEFAULT_CIPHERS: "DEFAULT:@SECLEVEL=0" });
    await lax(served.port, {});
    const { outcome, detail } = await ping(t, { port: served.port });
    assert.equal(outcome, REFUSED);
    assert.match(detail, /version/);
    assert.equal(served.requests(), 0);
  });

  it("may be TLS 1.2", async (t) => {
    const served = await serve(t, { ...authority.issue("localhost", "DNS:localhost"), maxVersion: "TLSv1.2" });
    assert.equal((await ping(t, { port: served.port })).outcome, "200");
  });
});

describe("a resumed session", () => {
  it("is used for the next connection, and only with the server that gave it", async (t) => {
    const emulator = await startEmulator({ keepAliveMs: 1000 });
    t.after(() => emulator.close());
    const settings = settingsFor(emulator);
    const transport = createTransport(settings, systemClock);
    t.after(() => transport.close());
    for (let count = 0; count < 3; count += 1) assert.ok((await transport.send(PING, live)).ok);
    assert.deepEqual(
      emulator.requests.map(({ resumed }) => resumed),
      [false, true, true],
    );
    // Another server behind the same name: its key does not know the session, so everything is checked anew.
    emulator.fault("tls", { kind: "certificate", certificate: "self-signed" });
    const result = await transport.send(PING, live);
    assert.equal(!result.ok && result.error.code, "tls-failed");
  });
});
