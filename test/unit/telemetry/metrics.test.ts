// The metrics: what each event changes, that what a user or a helper can choose never becomes a label, and that the series which
// alerts watch are there before anything has happened.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aborted, allowApproved, allowFailmodeSafe, deny, type Verdict } from "../../../src/core/verdict.ts";
import { type CountedDecision, Metrics } from "../../../src/telemetry/metrics.ts";
import type { StateSources } from "../../../src/telemetry/metrics-state.ts";
import { seriesOf } from "../../support/control.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const SOURCES: StateSources = {
  pendingLogins: () => ({ pam: 2, login: 1 }),
  pendingLimit: () => 1024,
  pushSlotsBusy: () => 3,
  rememberedDevices: () => 4,
  followers: () => 5,
  connections: () => [
    {
      connection: "duo",
      host: "api-1.example",
      outage: true,
      keysAccepted: true,
      clockOffsetSeconds: -2.5,
      rootExpirySeconds: 2e9,
    },
    {
      connection: "service:su",
      host: "api-2.example",
      outage: false,
      keysAccepted: false,
      clockOffsetSeconds: undefined,
      rootExpirySeconds: undefined,
    },
    {
      connection: "service:x",
      host: "api-3.example",
      outage: false,
      keysAccepted: undefined,
      clockOffsetSeconds: 0,
      rootExpirySeconds: 0,
    },
  ],
};

function bench(): { metrics: Metrics; clock: FakeClock; read: () => Promise<(series: string) => number | undefined> } {
  const clock = new FakeClock();
  const metrics = new Metrics("1.2.3", clock, SOURCES);
  const read = async () => {
    const series = seriesOf(await metrics.text());
    return (name: string) => series.get(name);
  };
  return { metrics, clock, read };
}

function decision(verdict: Verdict, change: Partial<CountedDecision> = {}): CountedDecision {
  const plain = { service: "sshd", factor: undefined, pushes: 0, failedAttempts: [], durationMs: 1500, userMs: 1400 };
  return { verdict, ...plain, ...change };
}

describe("a decision", () => {
  it("counts by verdict and reason, service, factor, pushes, attempts and time", async () => {
    const { metrics, read } = bench();
    metrics.decided(decision(allowApproved(), { factor: "push", pushes: 2, failedAttempts: ["deny", undefined] }));
    metrics.decided(decision(deny("fraud-reported"), { factor: "push", pushes: 1, userMs: 0 }));
    const value = await read();
    assert.equal(value('duogate_decisions_total{verdict="allow",reason="duo-approved"}'), 1);
    assert.equal(value('duogate_decisions_total{verdict="deny",reason="fraud-reported"}'), 1);
    assert.equal(value('duogate_logins_total{service="sshd",verdict="allow"}'), 1);
    assert.equal(value('duogate_factors_total{factor="push",verdict="deny"}'), 1);
    assert.equal(value("duogate_pushes_total"), 3);
    assert.equal(value('duogate_failed_attempts_total{status="deny"}'), 1);
    assert.equal(value('duogate_failed_attempts_total{status="none"}'), 1);
    assert.equal(value('duogate_login_duration_seconds_sum{verdict="allow"}'), 1.5);
    assert.equal(value('duogate_login_processing_seconds_bucket{le="0.1"}'), 1);
    assert.equal(value("duogate_login_processing_seconds_count"), 2);
  });

  it("by failmode counts as that, too", async () => {
    const { metrics, read } = bench();
    metrics.decided(decision(allowFailmodeSafe()));
    metrics.decided(decision({ kind: "unavailable", reason: "failmode-secure" }));
    const value = await read();
    assert.equal(value('duogate_failmode_logins_total{failmode="safe"}'), 1);
    assert.equal(value('duogate_failmode_logins_total{failmode="secure"}'), 1);
  });

  it("never takes more time for itself than the login had", async () => {
    const { metrics, read } = bench();
    metrics.decided(decision(aborted("user-cancelled"), { durationMs: 10, userMs: 11 }));
    assert.equal((await read())("duogate_login_processing_seconds_sum"), 0);
  });
});

describe("labels", () => {
  it("have no series for each service that somebody names", async () => {
    const { metrics, read } = bench();
    metrics.services.add(["backup"]);
    for (const service of [
      "backup",
      'evil"} 1\n',
      "",
      "__proto__",
      ...Array.from({ length: 500 }, (_, n) => `s${n}`),
    ]) {
      metrics.decided(decision(deny("duo-denied"), { service }));
    }
    const value = await read();
    assert.equal(value('duogate_logins_total{service="backup",verdict="deny"}'), 1);
    assert.equal(value('duogate_logins_total{service="other",verdict="deny"}'), 503);
    assert.ok((await metrics.text()).split("\n").length < 400);
  });

  it("have no series for each section that reloads bring", async () => {
    const { metrics } = bench();
    for (let reload = 0; reload < 200; reload += 1) {
      metrics.services.add([`service-${reload}`]);
      metrics.decided(decision(deny("duo-denied"), { service: `service-${reload}` }));
    }
    const services = (await metrics.text()).match(/^duogate_logins_total\{/gm) ?? [];
    assert.equal(services.length, 33);
  });

  it("have no series for each word that answers in Duo's place", async () => {
    const { metrics, read } = bench();
    metrics.decided(decision(deny("duo-denied"), { failedAttempts: ["fraud", "x1", "x2", "__proto__"] }));
    const value = await read();
    assert.equal(value('duogate_failed_attempts_total{status="fraud"}'), 1);
    assert.equal(value('duogate_failed_attempts_total{status="other"}'), 3);
  });
});

describe("what is", () => {
  it("is read from its source", async () => {
    const value = await bench().read();
    assert.equal(value('duogate_pending_logins{door="pam"}'), 2);
    assert.equal(value("duogate_pending_logins_limit"), 1024);
    assert.equal(value("duogate_push_slots_busy"), 3);
    assert.equal(value("duogate_remembered_devices"), 4);
    assert.equal(value("duogate_decision_followers"), 5);
    assert.equal(value('duogate_duo_outage{connection="duo",host="api-1.example"}'), 1);
    assert.equal(value('duogate_duo_outage{connection="service:su",host="api-2.example"}'), 0);
    assert.equal(value('duogate_duo_keys_accepted{connection="service:su",host="api-2.example"}'), 0);
    assert.equal(value('duogate_duo_keys_accepted{connection="service:x",host="api-3.example"}'), undefined);
    assert.equal(value('duogate_duo_clock_offset_seconds{connection="duo",host="api-1.example"}'), -2.5);
    assert.equal(value('duogate_duo_root_expiry_timestamp_seconds{connection="duo",host="api-1.example"}'), 2e9);
    assert.equal(value('duogate_duo_clock_offset_seconds{connection="service:su",host="api-2.example"}'), undefined);
  });

  it("of the process has the usual names, and values that can be", async () => {
    const { read, clock } = bench();
    const value = await read();
    assert.equal(value("process_start_time_seconds"), clock.wallMs() / 1000);
    const at = (name: string) => value(name) ?? Number.NaN;
    assert.ok(at("process_cpu_seconds_total") > 0);
    assert.ok(at("process_resident_memory_bytes") > 10e6);
    assert.ok(at("process_open_fds") >= 3 && at("process_open_fds") < at("process_max_fds"));
    assert.ok(at("duogate_event_loop_busy_seconds_total") >= 0);
    assert.equal(value(`duogate_build_info{version="1.2.3",node="${process.versions.node}"}`), 1);
  });
});

describe("events", () => {
  it("are there at zero before they happen", async () => {
    const { metrics, read } = bench();
    metrics.knowsHost("api-1.example");
    const value = await read();
    for (const series of [
      'duogate_decisions_total{verdict="deny",reason="fraud-reported"}',
      'duogate_decisions_total{verdict="misconfigured",reason="duo-keys"}',
      'duogate_failed_attempts_total{status="deny"}',
      'duogate_failmode_logins_total{failmode="safe"}',
      'duogate_helper_refusals_total{door="login",cause="protocol-violation"}',
      'duogate_config_reloads_total{result="refused"}',
      'duogate_duo_outages_total{host="api-1.example"}',
      "duogate_late_allows_total",
      "duogate_defects_total",
    ]) {
      assert.equal(value(series), 0, series);
    }
    assert.equal(value("duogate_config_last_reload_successful"), 1);
  });

  it("count", async () => {
    const { metrics, clock, read } = bench();
    const startedAt = clock.wallMs() / 1000;
    metrics.lateAllow();
    metrics.defect();
    metrics.helperRefused("login", "start-timeout");
    metrics.outageBegan("api-1.example");
    metrics.duoFailed("api-1.example", "timeout");
    metrics.duoFailed("api-1.example", "cancelled");
    metrics.duoAnswered("preauth", "ok", 40);
    clock.advance(5000);
    metrics.reloaded(true);
    clock.advance(5000);
    metrics.reloaded(false);
    const value = await read();
    assert.equal(value("duogate_late_allows_total"), 1);
    assert.equal(value("duogate_defects_total"), 1);
    assert.equal(value('duogate_helper_refusals_total{door="login",cause="start-timeout"}'), 1);
    assert.equal(value('duogate_duo_outages_total{host="api-1.example"}'), 1);
    assert.equal(value('duogate_duo_failures_total{host="api-1.example",code="timeout"}'), 1);
    assert.equal(value('duogate_duo_failures_total{host="api-1.example",code="cancelled"}'), undefined);
    assert.equal(value('duogate_duo_request_duration_seconds_sum{endpoint="preauth",outcome="ok"}'), 0.04);
    assert.equal(value('duogate_config_reloads_total{result="ok"}'), 1);
    assert.equal(value("duogate_config_last_reload_successful"), 0);
    assert.equal(value("duogate_config_last_reload_success_timestamp_seconds"), startedAt + 5);
  });

  it("of two daemons in one process do not meet", async () => {
    const [one, other] = [bench(), bench()];
    one.metrics.lateAllow();
    assert.equal((await other.read())("duogate_late_allows_total"), 0);
  });
});
