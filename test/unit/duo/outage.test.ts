// When Duo counts as away, when it does again as there, and what logins get in between.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DuoFailure, DuoFailureCode } from "../../../src/core/failure.ts";
import { err, ok, type Result } from "../../../src/core/result.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { DuoApi, FactorChoice, Preauth } from "../../../src/duo/api.ts";
import { Outage, PROBE_FIRST_MS, PROBE_MAX_MS } from "../../../src/duo/outage.ts";
import { FakeClock, turn } from "../../support/fake-clock.ts";
import { failure } from "../../support/fake-duo.ts";

const live = new AbortController().signal;
const alice = { username: "alice", ipaddr: undefined, hostname: "h" };
const PASSCODE: FactorChoice = { kind: "passcode", passcode: new Secret("100001") };
const OUTAGES: readonly DuoFailureCode[] = [
  ...(["resolve-failed", "connect-failed", "connect-timeout", "tls-failed"] as const),
  ...(["connection-lost", "timeout", "server-error"] as const),
];
const ANSWERS: readonly DuoFailureCode[] = [
  ...(["rate-limited", "bad-keys", "forbidden", "bad-clock", "proxy-refused", "bad-request"] as const),
  "local-trouble",
  ...(["unexpected-status", "invalid-response", "response-too-large"] as const),
];

function bench(random = 0.5) {
  const clock = new FakeClock();
  const start = clock.now();
  const log: string[] = [];
  const probes: number[] = [];
  const now: { preauth: DuoFailureCode | "ok"; probe: DuoFailureCode | "ok" } = { preauth: "ok", probe: "ok" };
  const asked = { preauth: 0, auth: 0 };
  let further: Result<unknown, DuoFailure> | undefined;
  const pings: Promise<DuoFailureCode | "ok">[] = [];
  const outcome = <T>(what: DuoFailureCode | "ok", stage: DuoFailure["stage"], value: T): Result<T, DuoFailure> =>
    what === "ok" ? ok(value) : err(failure(what, stage));
  const outage = new Outage({
    clock,
    random: () => random,
    probe: () => {
      probes.push(clock.now() - start);
      const under = pings.shift() ?? Promise.resolve(now.probe);
      return under.then((what) => outcome(what, "ping", undefined));
    },
    onBegin: ({ code, stage }) => log.push(`begin ${code} ${stage}`),
    onEnd: ({ durationMs, affectedLogins, answered }) =>
      log.push(`end ${durationMs} ${affectedLogins}${answered ? "" : " unanswered"}`),
  });
  const never = () => {
    asked.auth += 1;
    if (further !== undefined) return Promise.resolve(further as Result<never, DuoFailure>);
    return Promise.reject(new Error("not scripted"));
  };
  const inner: DuoApi = {
    preauth: () => {
      asked.preauth += 1;
      return Promise.resolve(outcome<Preauth>(now.preauth, "preauth", { kind: "allow", message: "" as never }));
    },
    auth: never,
    authStatus: never,
  };
  const api = outage.guard(inner);
  const login = async () => {
    const result = await api.preauth(alice, live);
    await turn();
    return result.ok ? "ok" : result.error.code;
  };
  const duo = (what: DuoFailureCode | "ok") => {
    now.preauth = what;
    now.probe = what;
  };
  /** What the calls after a preauth come to. */
  const answerFor = (result: Result<unknown, DuoFailure>) => {
    further = result;
  };
  /** The next ping that begins is answered when the function that this returns is called. */
  const pingUnderWay = () => {
    let end: (what: DuoFailureCode | "ok") => void = () => undefined;
    pings.push(new Promise((resolve) => (end = resolve)));
    return (what: DuoFailureCode | "ok") => end(what);
  };
  return { api, clock, log, probes, now, asked, outage, login, duo, answerFor, pingUnderWay };
}

describe("the outage state", () => {
  for (const code of OUTAGES) {
    it(`opens with one ${code} of a login and of a ping of our own`, async () => {
      const { log, login, duo, asked, outage } = bench();
      duo(code);
      assert.equal(await login(), code);
      assert.deepEqual(log, [`begin ${code} preauth`]);
      assert.equal(await login(), code);
      assert.equal(asked.preauth, 1);
      assert.deepEqual([outage.state.now?.affectedLogins, outage.state.now?.failure.code], [2, code]);
      outage.close();
    });
  }

  for (const code of OUTAGES) {
    it(`stays closed when ${code} is one login's alone`, async () => {
      const { log, login, now, asked, clock } = bench();
      now.preauth = code;
      for (let count = 0; count < 20; count += 1) assert.equal(await login(), code);
      assert.deepEqual([log, asked.preauth, clock.pending], [[], 20, 0]);
    });
  }

  for (const code of ANSWERS) {
    it(`is not opened by ${code}, of a login or of the ping`, async () => {
      const one = bench();
      one.duo(code);
      await one.login();
      assert.deepEqual([one.log, one.probes], [[], []]);
      const other = bench();
      other.now.preauth = "timeout";
      other.now.probe = code;
      await other.login();
      assert.deepEqual([other.log, other.probes.length], [[], 1]);
    });
  }

  it("is not opened by a login that was stopped", async () => {
    const { login, duo, probes } = bench();
    duo("cancelled");
    await login();
    assert.deepEqual(probes, []);
  });

  it("asks with one ping however many logins fail together, and counts them all", async () => {
    const { login, duo, probes, outage } = bench();
    duo("timeout");
    await Promise.all([login(), login(), login()]);
    assert.equal(probes.length, 1);
    assert.equal(outage.state.now?.affectedLogins, 3);
    outage.close();
  });

  it("is closed by the first probe that is answered, and says so once", async () => {
    const { log, login, duo, clock, asked, outage } = bench();
    duo("timeout");
    await login();
    await login();
    duo("ok");
    clock.advance(PROBE_FIRST_MS);
    await turn();
    assert.deepEqual(log, ["begin timeout preauth", `end ${PROBE_FIRST_MS} 2`]);
    assert.equal(await login(), "ok");
    assert.deepEqual([asked.preauth, clock.pending, outage.state], [2, 0, { now: undefined, outages: 1 }]);
  });

  it("is not opened where Duo answers anybody while the ping is under way, whatever becomes of the ping", async () => {
    for (const [answer, to] of [
      [ok(undefined), "a preauth"],
      [err(failure("bad-request", "auth")), "an auth"],
      [ok(undefined), "an auth_status"],
    ] as const) {
      const { api, log, now, pingUnderWay, answerFor } = bench();
      now.preauth = "timeout";
      const failPing = pingUnderWay();
      await api.preauth(alice, live);
      answerFor(answer);
      if (to === "a preauth") {
        now.preauth = "ok";
        await api.preauth(alice, live);
      } else if (to === "an auth") await api.auth(alice, PASSCODE, live);
      else await api.authStatus("txid", live);
      failPing("timeout");
      await turn();
      assert.deepEqual(log, [], to);
    }
  });

  it("is opened by a suspicion that came after such an answer", async () => {
    const { api, log, now, pingUnderWay, outage } = bench();
    now.preauth = "timeout";
    const failFirst = pingUnderWay();
    await api.preauth(alice, live);
    outage.heard(ok(undefined));
    const failSecond = pingUnderWay();
    await api.preauth(alice, live);
    failFirst("timeout");
    await turn();
    assert.deepEqual(log, []);
    failSecond("timeout");
    await turn();
    assert.deepEqual(log, ["begin timeout preauth"]);
    outage.close();
  });

  it("is closed by an answer to a login that is further on", async () => {
    for (const [answer, call] of [
      [ok(undefined), "authStatus"],
      [err(failure("bad-request", "auth")), "auth"],
    ] as const) {
      const { api, log, login, duo, answerFor } = bench();
      duo("timeout");
      await login();
      answerFor(answer);
      await (call === "auth" ? api.auth(alice, PASSCODE, live) : api.authStatus("txid", live));
      assert.deepEqual(log, ["begin timeout preauth", "end 0 1"]);
    }
  });

  it("is closed by anything that is heard of Duo, a refusal too", async () => {
    for (const heard of [ok(undefined), ...ANSWERS.map((code) => err(failure(code, "ping")))]) {
      const { log, login, duo, clock, outage } = bench();
      duo("timeout");
      await login();
      outage.heard(err(failure("cancelled", "ping")));
      outage.heard(err(failure("timeout", "ping")));
      assert.equal(log.length, 1);
      outage.heard(heard);
      outage.heard(heard);
      assert.deepEqual([log.length, clock.pending], [2, 0]);
    }
  });

  it("ends where the machine itself cannot ask any more, and does not say that Duo answered", async () => {
    const { log, login, duo, asked, clock } = bench();
    duo("timeout");
    await login();
    duo("local-trouble");
    clock.advance(PROBE_FIRST_MS);
    await turn();
    assert.deepEqual(log, ["begin timeout preauth", `end ${PROBE_FIRST_MS} 1 unanswered`]);
    // SECURITY: from here on each login meets it for itself, and is denied.
    assert.equal(await login(), "local-trouble");
    assert.deepEqual([asked.preauth, clock.pending], [2, 0]);
  });

  it("probes in growing waits, with jitter around them", async () => {
    for (const [random, factor] of [
      [0, 0.5],
      [0.5, 1],
      [1, 1.5],
    ] as const) {
      const { login, duo, probes, clock, outage } = bench(random);
      duo("timeout");
      await login();
      for (let count = 0; count < 10; count += 1) {
        clock.advance(PROBE_MAX_MS * 1.5);
        await turn();
      }
      assert.ok(probes.length >= 10);
      assert.equal(probes[1], PROBE_FIRST_MS * factor);
      outage.close();
      assert.equal(clock.pending, 0);
    }
  });

  it("opens anew, and counts it", async () => {
    const { log, login, duo, outage } = bench();
    for (let count = 0; count < 3; count += 1) {
      duo("connect-failed");
      await login();
      duo("ok");
      outage.heard(ok(undefined));
    }
    assert.deepEqual([log.length, outage.state.outages], [6, 3]);
  });

  it("leaves no timer and says nothing once it is closed", async () => {
    const { log, login, duo, clock, outage } = bench();
    duo("timeout");
    await login();
    outage.close();
    outage.heard(ok(undefined));
    assert.deepEqual([clock.pending, log.length], [0, 1]);
  });
});
