// What is told of requests and calls to Duo: endpoint, outcome and time, and nothing of what was in them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { displayText } from "../../../src/core/display-text.ts";
import type { DuoStage } from "../../../src/core/failure.ts";
import { type Exchange, observed, overheard } from "../../../src/duo/observed.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { FakeDuo } from "../../support/fake-duo.ts";
import { FakeTransport, okReply, reply, type TransportReply } from "../../support/fake-transport.ts";

const live = new AbortController().signal;

async function seen(answer: TransportReply, stage: DuoStage = "auth", path = "/auth/v2/auth"): Promise<Exchange[]> {
  const clock = new FakeClock();
  const heard: Exchange[] = [];
  const transport = new FakeTransport([answer], () => clock.advance(42));
  const watched = observed(transport, clock, (exchange) => heard.push(exchange));
  await watched.send({ stage, method: "GET", path, headers: {} }, live);
  return heard;
}

describe("a request that is observed", () => {
  const outcomes: readonly (readonly [answer: TransportReply, outcome: string])[] = [
    [okReply({}), "ok"],
    [reply(401, {}), "refused"],
    [reply(429, {}), "refused"],
    [reply(500, {}), "server-error"],
    [reply(302, {}), "server-error"],
    ["timeout", "no-answer"],
    ["connect-failed", "no-answer"],
    ["cancelled", "cancelled"],
  ];
  for (const [answer, outcome] of outcomes) {
    it(`is told as ${outcome} (${typeof answer === "string" ? answer : answer.status})`, async () => {
      assert.deepEqual(await seen(answer), [{ endpoint: "auth", outcome, ms: 42 }]);
    });
  }

  const endpoints: readonly (readonly [stage: DuoStage, path: string, endpoint: string])[] = [
    ["ping", "/auth/v2/ping", "ping"],
    ["ping", "/auth/v2/check", "check"],
    ["ping", "/rest/v1/check?x=1", "check"],
    ["ping", "/auth/v2/checked", "ping"],
    ["preauth", "/rest/v1/preauth", "preauth"],
    ["auth_status", "/auth/v2/auth_status?txid=1", "auth_status"],
    ["tls", "/auth/v2/logo", "other"],
  ];
  for (const [stage, path, endpoint] of endpoints) {
    it(`${path} is ${endpoint}`, async () => {
      const [exchange] = await seen(okReply({}), stage, path);
      assert.equal(exchange?.endpoint, endpoint);
    });
  }
});

describe("an API that is overheard", () => {
  it("tells each outcome once, and hands it on as it is", async () => {
    const heard: unknown[] = [];
    const duo = new FakeDuo({ preauth: ["timeout"], auth: ["bad-keys"], authStatus: ["cancelled"] });
    const api = overheard(duo, (result) => heard.push(result));
    const subject = { username: "alice", ipaddr: undefined, hostname: "h" };
    const given = [
      await api.preauth(subject, live),
      await api.auth(subject, { kind: "option", option: OPTION, txid: undefined, pushinfo: [] }, live),
      await api.authStatus("t", live),
    ];
    assert.deepEqual(heard, given);
    assert.deepEqual(
      given.map((result) => !result.ok && result.error.code),
      ["timeout", "bad-keys", "cancelled"],
    );
  });
});

const OPTION = { name: "push1", kind: "push", label: displayText(""), target: "DP1" } as const;
