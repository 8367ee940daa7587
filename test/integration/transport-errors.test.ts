// Each failure that is told by another project's error (the kernel's, OpenSSL's, the resolver's, undici's), met over a real
// socket: resets at each stage, TLS alerts one by one, bytes that are no TLS, certificates, mistakes of our own.

import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { after, before, describe, it, type TestContext } from "node:test";
import { systemClock } from "../../src/core/clock.ts";
import { createTransport, type TransportSettings, type WireRequest } from "../../src/duo/transport.ts";
import { settingsFor } from "../support/duo-service.ts";
import { startScriptedDuo, startScriptedTcp } from "../support/scripted-duo.ts";
import { makeAuthority, type TestAuthority } from "../support/test-authority.ts";

const live = new AbortController().signal;
const PREAUTH: WireRequest = { stage: "preauth", method: "POST", path: "/auth/v2/preauth", headers: {}, body: "a=b" };
let authority: TestAuthority;
before(() => {
  authority = makeAuthority();
});
after(() => authority.close());

function transportTo(t: TestContext, port: number, change: Partial<TransportSettings> = {}) {
  const place = { ikey: "DI", skey: "s", caFile: "/dev/null", port };
  const settings = settingsFor(place, { caCertificates: [authority.root], connectTimeoutMs: 2000, ...change });
  const transport = createTransport(settings, systemClock);
  t.after(() => transport.close());
  return transport;
}

/** "200", or code and stage. */
async function send(t: TestContext, port: number, change?: Partial<TransportSettings>): Promise<string> {
  const result = await transportTo(t, port, change).send(PREAUTH, live);
  if (result.ok) return `${result.value.status}`;
  assert.notEqual(result.error.detail, "");
  return `${result.error.code} ${result.error.stage}`;
}

async function bare(t: TestContext, meet: (socket: Socket) => void): Promise<number> {
  const server = await startScriptedTcp(meet);
  t.after(() => server.close());
  return server.port;
}

/** Once the client has begun to speak. */
const onHello = (act: (socket: Socket) => void) => (socket: Socket) => void socket.once("data", () => act(socket));

/** RFC 8446 section 6 and the IANA registry; close_notify and no_renegotiation are warnings. */
const ALERTS: Readonly<Record<string, number>> = {
  unexpected_message: 10,
  bad_record_mac: 20,
  decryption_failed: 21,
  record_overflow: 22,
  decompression_failure: 30,
  handshake_failure: 40,
  no_certificate: 41,
  bad_certificate: 42,
  unsupported_certificate: 43,
  certificate_revoked: 44,
  certificate_expired: 45,
  certificate_unknown: 46,
  illegal_parameter: 47,
  unknown_ca: 48,
  access_denied: 49,
  decode_error: 50,
  decrypt_error: 51,
  export_restriction: 60,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  inappropriate_fallback: 86,
  user_canceled: 90,
  no_renegotiation: 100,
  missing_extension: 109,
  unsupported_extension: 110,
  certificate_unobtainable: 111,
  unrecognized_name: 112,
  bad_certificate_status_response: 113,
  bad_certificate_hash_value: 114,
  unknown_psk_identity: 115,
  certificate_required: 116,
  no_application_protocol: 120,
};

describe("a fatal TLS alert in the handshake is Duo's own word: tls-failed", () => {
  for (const [name, number] of Object.entries(ALERTS)) {
    it(name, async (t) => {
      const alert = Buffer.from([21, 3, 3, 0, 2, 2, number]);
      const port = await bare(
        t,
        onHello((socket) => void socket.write(alert)),
      );
      assert.equal(await send(t, port), "tls-failed tls");
    });
  }
});

describe("a warning and then the end", () => {
  for (const number of [0, 90, 100]) {
    it(`${number}: tls-failed`, async (t) => {
      const alert = Buffer.from([21, 3, 3, 0, 2, 1, number]);
      const port = await bare(
        t,
        onHello((socket) => void socket.end(alert)),
      );
      assert.equal(await send(t, port), "tls-failed tls");
    });
  }
});

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const NO_TLS: Readonly<Record<string, string | Buffer>> = {
  "an SMTP banner": "220 mail.example.org ESMTP\r\n",
  "plain HTTP": "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
  zeroes: Buffer.alloc(64),
  "an SSLv2 record": hex("8004010002"),
  "a record that is too long": hex("16030348000200"),
  "application data": hex("1703030005aabbccddee"),
  "a finished message first": hex("160303000414000000"),
  "a cut-off ServerHello": hex("16030300060200000200ff"),
  "an unknown record": hex("63030300020000"),
};

describe("bytes that are no TLS are nonsense: invalid-response", () => {
  for (const [name, bytes] of Object.entries(NO_TLS)) {
    it(name, async (t) => {
      const port = await bare(
        t,
        onHello((socket) => void socket.write(bytes)),
      );
      assert.equal(await send(t, port), "invalid-response tls");
    });
  }
});

describe("the connection ends", () => {
  it("before it is there: refused", async (t) => {
    const server = await startScriptedTcp(() => undefined);
    await server.close();
    assert.equal(await send(t, server.port), "connect-failed connect");
  });

  for (const [how, act] of [
    ["reset", (socket: Socket) => void socket.resetAndDestroy()],
    ["closed", (socket: Socket) => void socket.end()],
  ] as const) {
    it(`${how} at once`, async (t) => {
      // The reset may arrive before connect() has told of its success.
      assert.match(await send(t, await bare(t, act)), /^(connect-failed connect|tls-failed tls)$/);
    });

    it(`${how} in the handshake`, async (t) => {
      assert.equal(await send(t, await bare(t, onHello(act))), "tls-failed tls");
    });
  }

  it("with nothing but silence: connect-timeout", async (t) => {
    const port = await bare(t, () => undefined);
    assert.equal(await send(t, port, { connectTimeoutMs: 300 }), "connect-timeout connect");
  });

  for (const [when, bytes] of [
    ["after the request", ""],
    ["in the status line", "HTTP/1.1 2"],
    ["in the headers", "HTTP/1.1 200 OK\r\nContent-Le"],
    ["in the body", 'HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{"stat": "OK"'],
    ["in a chunk", 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n28\r\n{"stat": "OK"'],
  ] as const) {
    for (const how of ["reset", "closed"] as const) {
      it(`${how} ${when}: connection-lost`, async (t) => {
        const sockets: Socket[] = [];
        const server = await startScriptedDuo(authority.issue("localhost", "DNS:localhost"), (socket) => {
          const end = () => (how === "closed" ? socket.end() : sockets.at(-1)?.resetAndDestroy());
          if (bytes === "") end();
          else socket.write(bytes, () => setImmediate(end));
        });
        server.onSocket((socket) => sockets.push(socket));
        t.after(() => server.close());
        assert.equal(await send(t, server.port), "connection-lost preauth");
      });
    }
  }

  it("with an answer that does not come: timeout", async (t) => {
    const server = await startScriptedDuo(authority.issue("localhost", "DNS:localhost"), () => undefined);
    t.after(() => server.close());
    assert.equal(await send(t, server.port, { requestTimeoutMs: 300 }), "timeout preauth");
  });

  it("with a body that does not come: timeout", async (t) => {
    const server = await startScriptedDuo(authority.issue("localhost", "DNS:localhost"), (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{");
    });
    t.after(() => server.close());
    assert.equal(await send(t, server.port, { bodyTimeoutMs: 300 }), "timeout preauth");
  });

  it("with too long an answer", async (t) => {
    const server = await startScriptedDuo(authority.issue("localhost", "DNS:localhost"), (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n${"x".repeat(300_000)}`);
    });
    t.after(() => server.close());
    assert.equal(await send(t, server.port), "response-too-large preauth");
  });
});

describe("a server that speaks TLS, but none that we would", () => {
  it("TLS 1.1 at most: tls-failed", async (t) => {
    const identity = authority.issue("localhost", "DNS:localhost");
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" } as const;
    const server = await startScriptedDuo({ ...identity, ...old }, () => undefined);
    t.after(() => server.close());
    assert.equal(await send(t, server.port), "tls-failed tls");
  });

  it("a certificate of nobody's: tls-failed, and nothing is sent", async (t) => {
    const other = makeAuthority();
    t.after(() => other.close());
    const server = await startScriptedDuo(other.issue("localhost", "DNS:localhost"), () => undefined);
    t.after(() => server.close());
    assert.equal(await send(t, server.port), "tls-failed tls");
    assert.deepEqual(server.requests, []);
  });

  it("a client certificate that we do not have, asked for after the handshake of TLS 1.3: connection-lost", async (t) => {
    const identity = authority.issue("localhost", "DNS:localhost");
    const wants = { requestCert: true, rejectUnauthorized: true, ca: authority.root, minVersion: "TLSv1.3" } as const;
    const server = await startScriptedDuo({ ...identity, ...wants }, () => undefined);
    t.after(() => server.close());
    assert.equal(await send(t, server.port), "connection-lost preauth");
  });
});

describe("our own doing", () => {
  it("throws where the request is one that cannot be sent: a defect must not look like an outage", async (t) => {
    const server = await startScriptedDuo(authority.issue("localhost", "DNS:localhost"), () => undefined);
    t.after(() => server.close());
    const transport = transportTo(t, server.port);
    await assert.rejects(transport.send({ ...PREAUTH, headers: { "a\nb": "c" } }, live), {
      code: "UND_ERR_INVALID_ARG",
    });
    await assert.rejects(transport.send({ ...PREAUTH, path: "no path" }, live), { code: "UND_ERR_INVALID_ARG" });
  });

  it("is cancelled once the login is over, whatever the server does", async (t) => {
    const ending = new AbortController();
    const server = await startScriptedDuo(authority.issue("localhost", "DNS:localhost"), (socket) => {
      ending.abort();
      socket.write("220 mail.example.org ESMTP\r\n");
    });
    t.after(() => server.close());
    const result = await transportTo(t, server.port).send(PREAUTH, ending.signal);
    assert.equal(!result.ok && result.error.code, "cancelled");
  });

  it("is cancelled when the way to Duo is closed under it", async (t) => {
    const server = await startScriptedDuo(authority.issue("localhost", "DNS:localhost"), () => void transport.close());
    t.after(() => server.close());
    const transport = transportTo(t, server.port);
    const result = await transport.send(PREAUTH, live);
    assert.equal(!result.ok && result.error.code, "cancelled");
  });
});
