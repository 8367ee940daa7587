// Signed calls: each try dated and signed anew, `auth` sent once whatever fails, the clock mended once.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DuoFailureCode } from "../../../src/core/failure.ts";
import { Secret } from "../../../src/core/secret.ts";
import { type Call, Client } from "../../../src/duo/client.ts";
import { ClockOffset } from "../../../src/duo/clock-offset.ts";
import { authorization, rfc2822 } from "../../../src/duo/signature.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { FakeTransport, failReply, okReply, reply, type TransportReply } from "../../support/fake-transport.ts";

const skey = new Secret("skey-of-the-test");
const settings = { ikey: "DIXXXXXXXXXXXXXXXXXX", skey, host: "api.example.com", userAgent: "duogate/test" };
const preauth: Call = {
  stage: "preauth",
  method: "POST",
  path: "/auth/v2/preauth",
  parameters: { username: "al ice", hostname: "wks01" },
  repeatable: true,
};
const auth: Call = { ...preauth, stage: "auth", path: "/auth/v2/auth", repeatable: false };
const live = new AbortController().signal;

function bench(replies: readonly TransportReply[], options: { mends?: boolean; offBySeconds?: number } = {}) {
  const clock = new FakeClock();
  const offset = new ClockOffset();
  const pings: number[] = [];
  const transport = new FakeTransport(replies, () => clock.jumpWall(1000));
  const client = new Client(settings, {
    transport,
    clock,
    offset,
    random: () => 0,
    synchronise: () => {
      pings.push(transport.requests.length);
      if (options.mends === false) return Promise.resolve(false);
      return Promise.resolve(
        offset.learn(clock.wallMs() / 1000 + (options.offBySeconds ?? 3600), clock.wallMs(), clock.wallMs()),
      );
    },
  });
  const call = (what: Call, signal: AbortSignal = live) => clock.run(client.call(what, signal));
  const header = (at: number, name: string) => transport.requests[at]?.headers[name];
  return { clock, offset, transport, pings, call, header };
}

describe("Client", () => {
  it("sends the canonical parameters as body, signed and dated by Duo's clock", async () => {
    const { call, transport, clock, offset } = bench([okReply({ result: "allow" })]);
    offset.learn(clock.wallMs() / 1000 - 600, clock.wallMs(), clock.wallMs());
    const date = rfc2822(clock.wallMs() + offset.ms);
    assert.deepEqual(await call(preauth), { ok: true, value: { result: "allow" } });
    const body = "hostname=wks01&username=al%20ice";
    const signed = { date, method: "POST", host: settings.host, path: preauth.path, parameters: body } as const;
    assert.deepEqual(transport.requests, [
      {
        stage: "preauth",
        method: "POST",
        path: "/auth/v2/preauth",
        headers: {
          date,
          authorization: authorization(signed, settings.ikey, skey),
          "user-agent": "duogate/test",
          accept: "application/json",
          "content-type": "application/x-www-form-urlencoded",
        },
        body,
      },
    ]);
    assert.ok(Math.abs(offset.ms + 600_000) < 1000);
  });

  it("puts the parameters of a GET into the query, and none at all when there are none", async () => {
    const { call, transport } = bench([okReply({})]);
    const get = { stage: "auth_status", method: "GET", path: "/auth/v2/auth_status", repeatable: true } as const;
    await call({ ...get, parameters: { txid: "a b" } });
    await call({ ...get, parameters: {} });
    assert.deepEqual(
      transport.requests.map(({ path, body, headers }) => [path, body, headers["content-type"]]),
      [
        ["/auth/v2/auth_status?txid=a%20b", undefined, undefined],
        ["/auth/v2/auth_status", undefined, undefined],
      ],
    );
  });

  it("dates and signs every try anew", async () => {
    const { call, transport, header } = bench(["connection-lost", reply(503, ""), okReply({})]);
    assert.ok((await call(preauth)).ok);
    assert.equal(transport.requests.length, 3);
    assert.equal(new Set([0, 1, 2].map((at) => header(at, "date"))).size, 3);
    assert.equal(new Set([0, 1, 2].map((at) => header(at, "authorization"))).size, 3);
  });

  const failures: readonly (readonly [string, TransportReply])[] = [
    ...(["connection-lost", "timeout", "connect-failed", "tls-failed", "resolve-failed"] as const).map(
      (code: DuoFailureCode) => [code, code] as const,
    ),
    ["500", reply(500, "")],
    ["429 with Retry-After", reply(429, "", "1")],
    ["bad timestamp", failReply(40105)],
    ["bad signature", failReply(40103)],
    ["nonsense", reply(200, "<html>")],
  ];
  for (const [name, answer] of failures) {
    it(`sends auth exactly once when it fails with ${name}`, async () => {
      const { call, transport, pings } = bench([answer, okReply({ result: "allow" })]);
      assert.equal((await call(auth)).ok, false);
      assert.equal(transport.requests.length, 1);
      assert.deepEqual(pings, []);
    });
  }

  it("learns the time after a bad timestamp and repeats once, with the date mended", async () => {
    const { call, transport, pings, header } = bench([failReply(40105), okReply({})]);
    assert.ok((await call(preauth)).ok);
    assert.deepEqual(pings, [1]);
    assert.equal(transport.requests.length, 2);
    const apart = Date.parse(header(1, "date") ?? "") - Date.parse(header(0, "date") ?? "");
    assert.ok(apart >= 3_600_000 && apart < 3_610_000, `${apart}`);
  });

  it("takes the time that another login has learnt meanwhile", async () => {
    const { call, offset, clock, pings } = bench([failReply(40105), okReply({})]);
    const pending = call(preauth);
    offset.learn(clock.wallMs() / 1000 + 3600, clock.wallMs(), clock.wallMs());
    assert.ok((await pending).ok);
    assert.deepEqual(pings, []);
  });

  it("gives up when the timestamp is bad again, or the time cannot be had", async () => {
    const again = bench([failReply(40105)]);
    const result = await again.call(preauth);
    assert.ok(!result.ok && result.error.code === "bad-clock");
    assert.deepEqual([again.transport.requests.length, again.pings.length], [2, 1]);
    const lost = bench([failReply(40105)], { mends: false });
    assert.equal((await lost.call(preauth)).ok, false);
    assert.deepEqual([lost.transport.requests.length, lost.pings.length], [1, 1]);
  });

  describe("a 401 that does not say why", () => {
    it("leads to one ping, and to one repeat where the clock was wrong", async () => {
      for (const bare of [
        reply(401, ""),
        reply(401, "<html>"),
        reply(401, { stat: "FAIL", message: "Unauthorized" }),
      ]) {
        const { call, transport, pings, header } = bench([bare, okReply({})]);
        assert.ok((await call(preauth)).ok);
        assert.deepEqual([pings, transport.requests.length], [[1], 2]);
        const apart = Date.parse(header(1, "date") ?? "") - Date.parse(header(0, "date") ?? "");
        assert.ok(apart >= 3_600_000 && apart < 3_610_000, `${apart}`);
      }
    });

    it("is about the keys where the clock was right, or still after it was set", async () => {
      const right = bench([reply(401, "")], { offBySeconds: 5 });
      const wrong = bench([reply(401, "")]);
      const unknown = bench([reply(401, "")], { mends: false });
      for (const [{ call, transport, pings }, requests] of [
        [right, 1],
        [wrong, 2],
        [unknown, 1],
      ] as const) {
        const result = await call(preauth);
        assert.ok(!result.ok && result.error.code === "bad-keys");
        assert.deepEqual([pings.length, transport.requests.length], [1, requests]);
      }
    });

    it("with Duo's code is what that says: no ping", async () => {
      for (const code of [40101, 40102, 40103, 40106]) {
        const { call, transport, pings } = bench([failReply(code)]);
        assert.equal((await call(preauth)).ok, false);
        assert.deepEqual([pings.length, transport.requests.length], [0, 1]);
      }
    });

    it("to auth repeats nothing", async () => {
      const { call, transport, pings } = bench([reply(401, ""), okReply({ result: "allow" })]);
      assert.equal((await call(auth)).ok, false);
      assert.deepEqual([pings.length, transport.requests.length], [0, 1]);
    });
  });

  it("heeds Retry-After", async () => {
    const { call, clock, transport } = bench([reply(429, "", "2"), okReply({})]);
    const from = clock.now();
    assert.ok((await call(preauth)).ok);
    assert.deepEqual([transport.requests.length, clock.now() - from], [2, 2000]);
  });

  it("sends nothing under a signal that is aborted", async () => {
    const { call, transport } = bench([okReply({})]);
    for (const what of [preauth, auth]) {
      const result = await call(what, AbortSignal.abort());
      assert.ok(!result.ok && result.error.code === "cancelled");
    }
    assert.equal(transport.requests.length, 0);
  });

  it("never has the key in a request or a failure", async () => {
    const { call, transport } = bench([failReply(40103, "Invalid signature in request credentials")]);
    const result = await call(preauth);
    assert.doesNotMatch(JSON.stringify([transport.requests, result]), /skey-of-the-test/);
  });
});
