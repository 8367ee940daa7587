// Answers that are no HTTP, through valid TLS from a server that has proven to be Duo: nonsense, asked for once, at each of the
// calls. And never an outage: neither for that login, nor for others when pings are garbled too.

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, before, describe, it, type TestContext } from "node:test";
import { systemClock } from "../../src/core/clock.ts";
import type { DuoFailure } from "../../src/core/failure.ts";
import type { Result } from "../../src/core/result.ts";
import { Secret } from "../../src/core/secret.ts";
import type { FactorChoice } from "../../src/duo/api.ts";
import { createDuoService, type DuoService } from "../../src/duo/service.ts";
import { ALICE, noEvents, settingsFor } from "../support/duo-service.ts";
import { MORE_NO_HTTP } from "../support/no-http.ts";
import { type Answer, type ScriptedDuo, startScriptedDuo, startScriptedTcp } from "../support/scripted-duo.ts";
import { makeAuthority, type TestAuthority } from "../support/test-authority.ts";

const live = new AbortController().signal;
const PASSCODE: FactorChoice = { kind: "passcode", passcode: new Secret("100001") };
let authority: TestAuthority;
before(() => {
  authority = makeAuthority();
});
after(() => authority.close());

const http = (response: object, status = "200 OK"): string => {
  const body = JSON.stringify({ stat: "OK", response });
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
};
const PONG = () => http({ time: Math.round(Date.now() / 1000) });

/** With `clients`, through a relay that puts its connections there: what is written to them is outside of TLS. */
async function serve(
  t: TestContext,
  answer: Answer,
  clients?: Socket[],
): Promise<{ readonly duo: DuoService; readonly server: ScriptedDuo }> {
  const server = await startScriptedDuo(authority.issue("localhost", "DNS:localhost"), answer);
  const relay = await startScriptedTcp((client) => {
    const inner = connect(server.port, "127.0.0.1").on("error", () => undefined);
    client.pipe(inner).pipe(client);
    client.once("close", () => inner.destroy());
    clients?.push(client);
  });
  const { port } = clients === undefined ? server : relay;
  const place = { ikey: "DI", skey: "s", caFile: "/dev/null", port };
  const settings = settingsFor(place, {
    caCertificates: [authority.root],
    requestTimeoutMs: 2000,
    pollTimeoutMs: 2000,
  });
  const duo = createDuoService(settings, systemClock, noEvents);
  t.after(async () => {
    await duo.close();
    await relay.close();
    await server.close();
  });
  return { duo, server };
}

const CALLS: Readonly<Record<string, (duo: DuoService) => Promise<Result<unknown, DuoFailure>>>> = {
  ping: (duo) => duo.ping(live),
  preauth: (duo) => duo.api.preauth(ALICE, live),
  auth: (duo) => duo.api.auth(ALICE, PASSCODE, live),
  auth_status: (duo) => duo.api.authStatus("txid", live),
};

describe("an answer that is no HTTP", () => {
  for (const { name, bytes } of MORE_NO_HTTP) {
    for (const [stage, call] of Object.entries(CALLS)) {
      it(`${name}, to ${stage}: invalid-response, asked for once`, async (t) => {
        // The first request is a ping that is answered well: the next one meets a connection that was in use.
        const { duo, server } = await serve(t, (socket, _line, number) => {
          socket.write(Buffer.from(number === 1 ? PONG() : bytes, "latin1"));
        });
        assert.ok((await duo.ping(live)).ok);
        const result = await call(duo);
        assert.ok(!result.ok);
        assert.deepEqual([result.error.code, result.error.stage], ["invalid-response", stage]);
        assert.doesNotMatch(result.error.detail, /ESMTP|come in|aaaa/);
        assert.equal(server.requests.length, 2, server.requests.join());
        assert.equal(duo.outage.now, undefined);
      });
    }
  }
});

/** OpenSSL reads them as a record of 8,301 bytes, and judges it when it is whole. */
const BANNERS = "220 mail.example.org ESMTP\r\n".repeat(400);

describe("bytes that are no TLS, in the middle of a connection", () => {
  for (const stage of ["preauth", "auth"]) {
    it(`are nonsense at ${stage}`, async (t) => {
      const clients: Socket[] = [];
      const { duo, server } = await serve(
        t,
        (socket, _line, number) => {
          if (number === 1) socket.write(PONG());
          else for (const client of clients) client.write(BANNERS);
        },
        clients,
      );
      assert.ok((await duo.ping(live)).ok);
      const result = await CALLS[stage]?.(duo);
      assert.equal(result !== undefined && !result.ok && result.error.code, "invalid-response");
      assert.equal(server.requests.length, 2);
    });
  }
});

describe("garbled pings", () => {
  it("are no outage: every login is asked for, and the same for a preauth that failed for another reason", async (t) => {
    const { duo, server } = await serve(t, (socket, line) => {
      if (line.includes("/ping")) socket.write("220 mail.example.org ESMTP\r\n");
      else socket.destroy();
    });
    for (let count = 0; count < 3; count += 1) {
      const result = await duo.api.preauth(ALICE, live);
      assert.equal(!result.ok && result.error.code, "connection-lost");
    }
    assert.ok(server.requests.filter((line) => line.includes("/preauth")).length >= 3);
    assert.ok(server.requests.some((line) => line.includes("/ping")));
    assert.deepEqual(duo.outage, { now: undefined, outages: 0 });
  });
});

describe("two answers to one request", () => {
  it("the second is no answer to the next", async (t) => {
    const allow = http({ result: "allow", status: "allow", status_msg: "come in" });
    const deny = http({ result: "deny", status: "deny", status_msg: "no" });
    const { duo } = await serve(t, (socket, line) => {
      socket.write(line.includes("/ping") ? PONG() + allow : deny);
    });
    assert.ok((await duo.ping(live)).ok);
    const result = await duo.api.auth(ALICE, PASSCODE, live);
    assert.ok(result.ok && result.value.kind === "final" && result.value.state.result === "deny");
  });
});
