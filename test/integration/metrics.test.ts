// The metrics of a running daemon through logins that are allowed, denied and met by an outage: on control.sock and on a loopback
// address, read by Prometheus' own parser; and that the address is only there when the configuration wants it.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { askDaemon } from "../../src/cli/control/control-client.ts";
import type { DaemonStatus } from "../../src/cli/daemon/daemon-status.ts";
import { ask, seriesOf, type Where } from "../support/control.ts";
import type { TestDaemon } from "../support/gateway.ts";
import { HelperClient, start } from "../support/helper-client.ts";
import { familiesOf, NO_PARSER } from "../support/metric-families.ts";
import { runModule } from "../support/pam-module.ts";
import { QUICK_DUO, QUICK_GATEWAY, setStage } from "../support/pam-stage.ts";
import { freePort } from "../support/proxies.ts";

const KEYS_ACCEPTED = "Duo accepts the integration key and secret key";

const controlOf = ({ folder }: TestDaemon): Where => ({ socketPath: join(folder, "control.sock") });

async function scrape(where: Where): Promise<(series: string) => number | undefined> {
  const answer = await ask(where, "/metrics");
  assert.equal(answer.status, 200);
  assert.equal(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  const series = seriesOf(answer.text);
  return (name) => series.get(name);
}

test("logins that are allowed, denied and met by an outage are counted as that", async (t) => {
  const port = await freePort();
  const gatewayLines = [...QUICK_GATEWAY, `metrics_listen = 127.0.0.1:${port}`];
  const { daemon, emulator } = await setStage(t, { gatewayLines, failmode: "safe" });
  await daemon.line(({ msg }) => msg === KEYS_ACCEPTED);
  emulator.whenPushed("alice", "approve");
  assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["1"] })).code, "PAM_SUCCESS");
  emulator.whenPushed("alice", "fraud");
  assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["1"] })).code, "PAM_AUTH_ERR");
  const pending = await HelperClient.connect(daemon.pamSocket);
  pending.send(start({ user: "bob" }));
  await pending.nextOf("prompt");

  const before = await scrape(controlOf(daemon));
  assert.equal(before('duogate_decisions_total{verdict="allow",reason="duo-approved"}'), 1);
  assert.equal(before('duogate_decisions_total{verdict="deny",reason="fraud-reported"}'), 1);
  assert.equal(before('duogate_logins_total{service="login",verdict="allow"}'), 1);
  assert.equal(before('duogate_factors_total{factor="push",verdict="allow"}'), 1);
  assert.equal(before("duogate_pushes_total"), 2);
  assert.equal(before('duogate_login_duration_seconds_count{verdict="deny"}'), 1);
  assert.equal(before('duogate_duo_request_duration_seconds_count{endpoint="auth",outcome="ok"}'), 2);
  assert.equal(before('duogate_duo_request_duration_seconds_count{endpoint="check",outcome="ok"}'), 1);
  assert.equal(before('duogate_pending_logins{door="pam"}'), 1);
  assert.equal(before("duogate_push_slots_busy"), 0);
  assert.equal(before('duogate_duo_outage{connection="duo",host="localhost"}'), 0);
  assert.equal(before('duogate_duo_keys_accepted{connection="duo",host="localhost"}'), 1);
  assert.ok(
    (before('duogate_duo_root_expiry_timestamp_seconds{connection="duo",host="localhost"}') ?? 0) * 1000 > Date.now(),
  );
  assert.equal(before('duogate_duo_outages_total{host="localhost"}'), 0);
  pending.leave();
  await daemon.line(({ reason }) => reason === "helper-gone");

  emulator.fault("connect", { kind: "refuse" });
  assert.equal((await runModule({ socket: daemon.pamSocket, user: "carol" })).code, "PAM_SUCCESS");
  await daemon.event("outage-begin");
  const after = await scrape({ host: "127.0.0.1", port });
  assert.equal(after('duogate_decisions_total{verdict="allow",reason="failmode-safe"}'), 1);
  assert.equal(after('duogate_failmode_logins_total{failmode="safe"}'), 1);
  assert.equal(after('duogate_duo_outage{connection="duo",host="localhost"}'), 1);
  assert.equal(after('duogate_duo_outages_total{host="localhost"}'), 1);
  assert.ok((after('duogate_duo_failures_total{host="localhost",code="connect-failed"}') ?? 0) >= 2);
  assert.equal(after('duogate_decisions_total{verdict="aborted",reason="helper-gone"}'), 1);
});

test("Prometheus' own parser understands all of it, and every metric has a help text", async (t) => {
  const { daemon } = await setStage(t);
  await daemon.line(({ msg }) => msg === KEYS_ACCEPTED);
  const { text } = await ask(controlOf(daemon), "/metrics");
  const families = familiesOf(text);
  if (families === undefined) return t.skip(NO_PARSER);
  assert.ok(families.length > 25);
  for (const { name, type, help, samples } of families) {
    assert.match(name, /^(duogate|process)_[a-z_]+$/);
    assert.notEqual(type, "unknown", name);
    assert.match(help, /^[A-Z0-9].*\.$/, name);
    for (const [sample, , value] of samples) assert.ok(Number.isFinite(value), sample);
  }
});

test("on the loopback address there are the metrics, and nothing that is root's", async (t) => {
  const port = await freePort();
  const { daemon } = await setStage(t, { gatewayLines: [`metrics_listen = 127.0.0.1:${port}`] });
  const where = { host: "127.0.0.1", port };
  const head = await ask(where, "/metrics", { method: "HEAD" });
  assert.deepEqual([head.status, head.text], [200, ""]);
  assert.equal((await ask(where, "/metrics", { headers: { host: `localhost:${port}` } })).status, 200);
  for (const path of ["/status", "/decisions", "/decisions/follow", "/trust/revoke", "/"]) {
    assert.equal((await ask(where, path)).status, 404, path);
  }
  assert.equal((await ask(where, "/metrics", { method: "POST", body: "{}" })).status, 405);
  for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:9640"]) {
    assert.equal((await ask(where, "/metrics", { headers: { host } })).status, 403, host);
  }
  const { text } = await ask(controlOf(daemon), "/metrics");
  assert.doesNotMatch(text, /alice/);
});

test("a reload opens, moves and closes it; an address that is taken costs no login", async (t) => {
  const { daemon } = await setStage(t);
  const [first, second] = [await freePort(), await freePort()];
  const reload = async (lines: readonly string[]) => {
    const from = daemon.lines.length;
    daemon.writeConfig({ duoLines: QUICK_DUO, gatewayLines: [...QUICK_GATEWAY, ...lines] });
    daemon.kill("SIGHUP");
    await daemon.event("reloaded", { after: from });
    return from;
  };
  const told = (after: number, listen: string) => daemon.line((line) => line["metrics_listen"] === listen, { after });
  const refused = (port: number) => assert.rejects(ask({ host: "127.0.0.1", port }, "/metrics"), /ECONNREFUSED/);

  await refused(first);
  await told(await reload([`metrics_listen = 127.0.0.1:${first}`]), `127.0.0.1 port ${first}`);
  await scrape({ host: "127.0.0.1", port: first });
  await told(await reload([`metrics_listen = 127.0.0.1:${second}`]), `127.0.0.1 port ${second}`);
  await scrape({ host: "127.0.0.1", port: second });
  await refused(first);

  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  t.after(() => other.close());
  const address = other.address();
  assert.ok(address !== null && typeof address === "object");
  const line = await told(
    await reload([`metrics_listen = 127.0.0.1:${address.port}`]),
    `127.0.0.1 port ${address.port}`,
  );
  assert.equal(line["level"], "error");
  const status = await askDaemon(join(daemon.folder, "control.sock"), "GET", "/status");
  assert.ok(status.ok);
  assert.match((status.value as DaemonStatus).problems.join(), /metrics_listen.*EADDRINUSE/);
  assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["100001"] })).code, "PAM_SUCCESS");
  await refused(second);
});
