// Duo away and back, seen from logins: the first one meets the failure, later ones get their verdict at once, and the first
// answer ends it. And the clock: learnt in the background, mended once, waited for by nobody.

import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { createDuoService, type DuoService, type DuoServiceEvents } from "../../src/duo/service.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { ALICE, noEvents, ShiftedClock, settingsFor } from "../support/duo-service.ts";
import { startDaemon } from "../support/gateway.ts";
import { runModule } from "../support/pam-module.ts";

const live = new AbortController().signal;
const AT_ONCE_MS = 50;

interface Bench {
  readonly emulator: Emulator;
  readonly duo: DuoService;
  readonly clock: ShiftedClock;
  readonly log: readonly string[];
  /** Resolves with the next begin or end that has not been waited for. */
  readonly next: () => Promise<string>;
}

async function bench(t: TestContext, change: Parameters<typeof settingsFor>[1] = {}): Promise<Bench> {
  const emulator = await startEmulator();
  const log: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  let taken = 0;
  const say = (line: string) => {
    log.push(line);
    waiting.shift()?.(line);
  };
  const events: DuoServiceEvents = {
    ...noEvents,
    onOutageBegin: ({ code }) => say(`begin ${code}`),
    onOutageEnd: ({ affectedLogins }) => say(`end, ${affectedLogins} logins`),
  };
  const clock = new ShiftedClock();
  const duo = createDuoService(settingsFor(emulator, change), clock, events);
  t.after(async () => {
    await duo.close();
    await emulator.close();
  });
  const next = () => {
    const line = log[taken];
    taken += 1;
    if (line !== undefined) return Promise.resolve(line);
    return new Promise<string>((resolve) => waiting.push(resolve));
  };
  return { emulator, duo, clock, log, next };
}

async function login(duo: DuoService): Promise<{ readonly outcome: string; readonly ms: number }> {
  const from = performance.now();
  const result = await duo.api.preauth(ALICE, live);
  return { outcome: result.ok ? result.value.kind : result.error.code, ms: performance.now() - from };
}

describe("while Duo is silent", () => {
  it("only the first login waits, and Duo's return is found without one", async (t) => {
    const { emulator, duo, next, log } = await bench(t, { connectTimeoutMs: 400 });
    emulator.fault("connect", { kind: "silent" });
    const first = await login(duo);
    assert.equal(first.outcome, "connect-timeout");
    assert.ok(first.ms >= 395, `${first.ms} ms`);
    assert.equal(await next(), "begin connect-timeout");
    for (let count = 0; count < 5; count += 1) {
      const { outcome, ms } = await login(duo);
      assert.equal(outcome, "connect-timeout");
      assert.ok(ms < AT_ONCE_MS, `${ms} ms`);
    }
    assert.equal(duo.outage.now?.affectedLogins, 6);
    emulator.clearFaults();
    assert.equal(await next(), "end, 6 logins");
    assert.equal((await login(duo)).outcome, "auth");
    assert.deepEqual([log.length, duo.outage], [2, { now: undefined, outages: 1 }]);
  });
});

describe("a call that fails alone", () => {
  for (const fault of [{ kind: "silent" }, { kind: "reset" }, { kind: "status", status: 500 }] as const) {
    it(`(${fault.kind}) is no outage for others`, async (t) => {
      const { emulator, duo, log } = await bench(t, { requestTimeoutMs: 300 });
      // A call is tried three times, but a time-out only once.
      emulator.fault("preauth", fault, { times: fault.kind === "silent" ? 1 : 3 });
      const pinged = emulator.nextRequest("ping");
      const { outcome } = await login(duo);
      assert.notEqual(outcome, "auth");
      await pinged;
      assert.equal((await login(duo)).outcome, "auth");
      assert.deepEqual([log, duo.outage.now], [[], undefined]);
    });
  }
});

describe("in the daemon", () => {
  for (const failmode of ["safe", "secure"] as const) {
    it(`failmode=${failmode}: the verdict comes at once, and the log has one line for each change`, async (t) => {
      const emulator = await startEmulator();
      t.after(() => emulator.close());
      const duoLines = ["connect_timeout = 500ms", "request_timeout = 1s"];
      const daemon = await startDaemon({ duo: emulator, failmode, duoLines });
      t.after(() => daemon.stop());
      await daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");
      emulator.fault("connect", { kind: "refuse" });
      const code = failmode === "safe" ? "PAM_SUCCESS" : "PAM_AUTHINFO_UNAVAIL";
      assert.equal((await runModule({ socket: daemon.pamSocket })).code, code);
      await daemon.event("outage-begin");
      const after = daemon.lines.length;
      assert.equal((await runModule({ socket: daemon.pamSocket })).code, code);
      const decision = await daemon.event("decision", { after });
      assert.ok(Number(decision["duration_ms"]) < AT_ONCE_MS, `${decision["duration_ms"]} ms`);
      assert.equal(decision["reason"], `failmode-${failmode}`);
      emulator.clearFaults();
      const end = await daemon.event("outage-end");
      assert.equal(end["affected_logins"], 2);
      assert.equal(daemon.lines.filter(({ event }) => event === "outage-begin" || event === "outage-end").length, 2);
    });
  }
});

describe("the clock", () => {
  const endpoints = ({ requests }: Emulator) => requests.map(({ endpoint }) => endpoint);

  it("is learnt by a ping, and then no login is refused or waits for one", async (t) => {
    const { emulator, duo } = await bench(t);
    emulator.setClockSkew(3600);
    assert.ok((await duo.ping(live)).ok);
    assert.equal((await login(duo)).outcome, "auth");
    assert.deepEqual(endpoints(emulator), ["ping", "preauth"]);
  });

  it("is mended once for all logins that are refused together", async (t) => {
    const { emulator, duo } = await bench(t);
    emulator.setClockSkew(-3600);
    // All are refused before the first one's ping is answered.
    emulator.fault("ping", { kind: "delay", ms: 300 });
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => login(duo)));
    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      Array.from({ length: 5 }, () => "auth"),
    );
    assert.equal(endpoints(emulator).filter((endpoint) => endpoint === "ping").length, 1);
  });

  it("is mended where something before Duo takes the code away from its 401", async (t) => {
    const { emulator, duo } = await bench(t);
    emulator.setClockSkew(3600);
    emulator.fault(
      "preauth",
      { kind: "body", status: 401, contentType: "text/html", text: "<h1>401</h1>" },
      { times: 1 },
    );
    assert.equal((await login(duo)).outcome, "auth");
    assert.deepEqual(endpoints(emulator), ["preauth", "ping", "preauth"]);
  });

  it("is not believed beyond a day: the login fails, after one ping", async (t) => {
    const { emulator, duo } = await bench(t);
    emulator.setClockSkew(2 * 86_400);
    assert.equal((await login(duo)).outcome, "bad-clock");
    assert.deepEqual(endpoints(emulator), ["preauth", "ping"]);
  });

  it("holds no login up, though the background ping gets no answer", async (t) => {
    const { emulator, duo } = await bench(t, { keepWarmMs: 60_000 });
    emulator.fault("ping", { kind: "silent" });
    const pinged = emulator.nextRequest("ping");
    duo.touch();
    await pinged;
    const { outcome, ms } = await login(duo);
    assert.equal(outcome, "auth");
    assert.ok(ms < 1000, `${ms} ms`);
  });
});
