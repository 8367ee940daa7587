// What others use of the metrics says what the code does: the table of docs/CONTROL.md, the alert rules and the dashboard name
// metrics and labels that there are, and the table names all of them.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { allowApproved } from "../../src/core/verdict.ts";
import { Metrics } from "../../src/telemetry/metrics.ts";
import { seriesOf } from "../support/control.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { repositoryFile } from "../support/repository.ts";

interface Row {
  readonly type: string;
  readonly labels: readonly string[];
}

const read = (path: string): string => readFileSync(repositoryFile(path), "utf8");
const table = documented();
const rules = read("conf/prometheus/duogate.rules.yml");
const dashboard: unknown = JSON.parse(read("conf/grafana/duogate.json"));

function documented(): ReadonlyMap<string, Row> {
  const rows = read("docs/CONTROL.md").matchAll(
    /^\| `((?:duogate|process)_[a-z_]+)` \| (\w+) \| ([^|]+) \| [^|]+ \|$/gm,
  );
  return new Map(
    [...rows].map(([, name = "", type = "", labels = ""]) => [
      name,
      { type, labels: labels === "–" ? [] : labels.split(", ") },
    ]),
  );
}

/** Every metric with a sample. */
async function exposition(): Promise<string> {
  const connection = {
    connection: "duo",
    host: "h",
    outage: false,
    keysAccepted: true,
    clockOffsetSeconds: 1,
    rootExpirySeconds: 1,
  };
  const metrics = new Metrics("0.0.0", new FakeClock(), {
    pendingLogins: () => ({ pam: 0, login: 0 }),
    pendingLimit: () => 1,
    pushSlotsBusy: () => 0,
    rememberedDevices: () => 0,
    followers: () => 0,
    connections: () => [connection],
  });
  const verdict = allowApproved();
  const rest = { pushes: 1, failedAttempts: [], durationMs: 1, userMs: 0 };
  metrics.decided({ verdict, service: "sshd", factor: "push", ...rest });
  metrics.duoAnswered("auth", "ok", 1);
  metrics.duoFailed("h", "timeout");
  metrics.knowsHost("h");
  await metrics.text();
  // The event loop's delay is there from the second time on.
  await new Promise((resolve) => setTimeout(resolve, 350));
  const text = await metrics.text();
  metrics.close();
  return text;
}

const base = (sample: string): string => (table.has(sample) ? sample : sample.replace(/_(bucket|sum|count)$/, ""));

test("the table has each metric, with its type and labels, and no other", async () => {
  const text = await exposition();
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => [name, type]));
  assert.deepEqual([...table.keys()].sort(), [...types.keys()].sort());
  const sampled = new Set<string>();
  for (const series of seriesOf(text).keys()) {
    const [, sample = "", inside = ""] = /^([^{]+)(?:\{(.*)\})?$/.exec(series) ?? [];
    const labels = [...inside.matchAll(/(\w+)="/g)].map(([, label = ""]) => label).filter((label) => label !== "le");
    const name = base(sample);
    assert.deepEqual(labels.sort(), [...(table.get(name)?.labels ?? [])].sort(), series);
    assert.equal(types.get(name), table.get(name)?.type, name);
    sampled.add(name);
  }
  assert.deepEqual([...sampled].sort(), [...table.keys()].sort());
});

/** Prometheus adds these to each series, or a histogram or an aggregation does. */
const OUTSIDE = ["job", "instance", "le"];

function judge(expression: string): void {
  const names = [...expression.matchAll(/\b(?:duogate|process)_[a-z_]+/g)].map(([name]) => name);
  assert.ok(names.length > 0 || /^up\{/.test(expression), `no metric of duogate: ${expression}`);
  const known = names.flatMap((name) => table.get(base(name))?.labels ?? [`${name} is no metric`]);
  assert.deepEqual(
    known.filter((label) => label.includes(" ")),
    [],
    expression,
  );
  const labels = [
    ...[...expression.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = ""]) => label),
    ...[...expression.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)].flatMap(([, list = ""]) =>
      list.split(","),
    ),
  ].map((label) => label.trim());
  const odd = labels.filter((label) => ![...known, ...OUTSIDE].includes(label));
  assert.deepEqual(odd, [], `no metric of this expression has such a label: ${expression}`);
}

/** Every `expr` in it, however deep. */
function expressionsOf(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: readonly [string, unknown]) =>
    name === "expr" && typeof inner === "string" ? [inner] : expressionsOf(inner),
  );
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity?: string };
  readonly annotations: { readonly summary?: string; readonly description?: string };
}

test("the alert rules are YAML, name what there is, and say what to do", (t) => {
  const script = repositoryFile("test/support/parse-yaml.py");
  const { status, stdout, stderr } = spawnSync("/usr/bin/python3", ["-I", script], { input: rules, encoding: "utf8" });
  if (status === 77 || status === null) return t.skip("python3-yaml is not installed: nothing can read the rules");
  assert.equal(status, 0, stderr);
  const { groups } = JSON.parse(stdout) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
  const all = groups.flatMap((group) => group.rules);
  assert.ok(all.length >= 15);
  assert.equal(new Set(all.map(({ alert }) => alert)).size, all.length);
  for (const { alert, expr, labels, annotations } of all) {
    judge(expr);
    assert.match(labels.severity ?? "", /^(critical|warning)$/, alert);
    assert.ok((annotations.summary ?? "").length > 20, alert);
    assert.ok((annotations.description ?? "").length > 60, alert);
  }
});

test("the dashboard names what there is, in every panel", () => {
  const expressions = expressionsOf(dashboard);
  assert.ok(expressions.length > 30);
  for (const expression of expressions) judge(expression);
  const shown = new Set(expressions.flatMap((one) => one.match(/\b(?:duogate|process)_[a-z_]+/g) ?? []).map(base));
  const hidden = [...table.keys()].filter((name) => !shown.has(name));
  // What a panel over time has no use for.
  assert.deepEqual(hidden.sort(), [
    "duogate_build_info",
    "duogate_config_last_reload_success_timestamp_seconds",
    "duogate_decision_followers",
  ]);
});

const promtool = spawnSync("promtool", ["--version"]).status === 0;
const skip = promtool
  ? false
  : "promtool is not installed (it comes with Debian's prometheus): nothing plays the alerts";

test("promtool takes every expression, and each alert fires when it should", { skip }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), "duogate-promtool-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const plain = (expression: string) =>
    expression.replaceAll("$__rate_interval", "5m").replaceAll("$__range", "1h").replace(/\$\w+/g, ".*");
  const recorded = expressionsOf(dashboard).map((expr, number) => ({ record: `panel_${number}`, expr: plain(expr) }));
  // JSON is YAML.
  writeFileSync(join(folder, "dashboard.yml"), JSON.stringify({ groups: [{ name: "dashboard", rules: recorded }] }));
  for (const args of [
    ["check", "rules", join(folder, "dashboard.yml")],
    ["check", "rules", repositoryFile("conf/prometheus/duogate.rules.yml")],
    ["test", "rules", repositoryFile("test/support/alert-rules.yml")],
  ]) {
    const { status, stdout, stderr } = spawnSync("promtool", args, { encoding: "utf8" });
    assert.equal(status, 0, `${stdout}${stderr}`);
  }
});
