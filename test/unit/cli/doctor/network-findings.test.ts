// doctor on the way to Duo: what each failure means for logins, by failmode, and the redirections and clocks of incidents
// that others have had. And the report itself: safe to print, in colour only when asked, as JSON.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { danger, ok as fine, note, warning, worst } from "../../../../src/cli/doctor/finding.ts";
import type { NetworkFacts } from "../../../../src/cli/doctor/network-facts.ts";
import { networkFindings } from "../../../../src/cli/doctor/network-findings.ts";
import { reportJson, reportText } from "../../../../src/cli/doctor/report.ts";
import { DUO_FAILURE_CODES, type DuoFailureCode } from "../../../../src/core/failure.ts";
import { err, ok } from "../../../../src/core/result.ts";
import { accepted, REQUIRED, SKEY } from "../../config/samples.ts";
import { ids } from "./ids.ts";

const NOW = Date.parse("2026-11-22T00:00:00Z");
const DAY = 24 * 60 * 60 * 1000;
const settings = accepted(REQUIRED).duo;
const failure = (code: DuoFailureCode, detail = "it failed") => err({ code, stage: "connect", detail } as const);
const chain = (leafDays: number, rootDays: number) => [
  { subject: "*.duosecurity.com", expiresMs: NOW + leafDays * DAY },
  { subject: "Root", expiresMs: NOW + rootDays * DAY },
];
const WELL: NetworkFacts = {
  label: "[duo]",
  settings,
  proxy: undefined,
  addresses: ok(["198.51.100.7"]),
  tls: ok({ protocol: "TLSv1.3", chain: chain(100, 4000) }),
  ping: ok({ skewMs: 500 }),
  keys: ok(undefined),
};
const STOPPED = { tls: undefined, ping: undefined, keys: undefined };
const found = (change: Partial<NetworkFacts>) => networkFindings({ ...WELL, ...change }, NOW);
const bad = (change: Partial<NetworkFacts>) => ids(found(change).filter(({ level }) => level !== "ok"));

describe("the way to Duo", () => {
  it("is all well", () => {
    assert.deepEqual(ids(found({})), ["ok clock", "ok dns", "ok duo-keys", "ok tls"]);
  });

  const table: readonly (readonly [string, Partial<NetworkFacts>, readonly string[]])[] = [
    ["no address", { addresses: err("ENOTFOUND"), ...STOPPED }, ["danger dns"]],
    ["Duo is this machine", { addresses: ok(["127.0.0.1"]) }, ["danger dns-redirected"]],
    ["Duo is this machine, in IPv6", { addresses: ok(["198.51.100.7", "::1"]) }, ["danger dns-redirected"]],
    ["Duo is in a private network", { addresses: ok(["10.0.0.7"]) }, ["warning dns-redirected"]],
    ["a proxy in a private network", { addresses: ok(["10.0.0.7"]), proxy: "proxy.example.org:3128" }, []],
    ["nobody answers", { ...STOPPED, tls: failure("connect-failed") }, ["danger duo-unreachable"]],
    [
      "the proxy does not answer",
      { ...STOPPED, proxy: "proxy:3128", tls: failure("connect-timeout") },
      ["danger duo-unreachable"],
    ],
    ["the proxy refuses", { ...STOPPED, proxy: "proxy:3128", tls: failure("proxy-refused") }, ["danger proxy-refused"]],
    ["no port is left", { ...STOPPED, tls: failure("local-trouble") }, ["danger local-trouble"]],
    ["a stranger answers", { ...STOPPED, tls: failure("tls-failed") }, ["danger tls-untrusted"]],
    ["a certificate that ends", { tls: ok({ protocol: "TLSv1.2", chain: chain(3, 4000) }) }, ["warning tls-expires"]],
    ["a root that ends", { tls: ok({ protocol: "TLSv1.2", chain: chain(100, 60) }) }, ["warning tls-root-expires"]],
    ["a clock a minute off", { ping: ok({ skewMs: -61_000 }) }, ["warning clock"]],
    ["a clock ten minutes off", { ping: ok({ skewMs: 600_000 }) }, ["warning clock"]],
    ["a clock two days off", { ping: ok({ skewMs: 2 * DAY }) }, ["danger clock"]],
    ["no time in the answer", { ping: ok({ skewMs: undefined }) }, ["note clock-unseen"]],
    ["Duo is in trouble", { ping: failure("server-error"), keys: undefined }, ["danger duo-ping"]],
    ["wrong keys", { keys: failure("bad-signature") }, ["danger duo-keys"]],
    ["keys of another application", { keys: failure("forbidden") }, ["danger duo-keys"]],
  ];
  for (const [name, change, expected] of table) it(name, () => assert.deepEqual(bad(change), expected));

  it("every failure of every step is a finding with a remedy, and holds no secret", () => {
    for (const code of DUO_FAILURE_CODES) {
      for (const step of ["tls", "ping", "keys"] as const) {
        const [one, ...more] = found({ [step]: failure(code) }).filter(({ level }) => level === "danger");
        assert.ok(one !== undefined && more.length === 0, `${step} ${code}`);
        assert.ok((one.remedy ?? "") !== "", `${step} ${code}`);
        assert.doesNotMatch(JSON.stringify(one), new RegExp(SKEY));
      }
    }
  });

  it("says what an outage means for logins", () => {
    const of = (failmode: "safe" | "secure") =>
      found({ ...STOPPED, settings: { ...settings, failmode }, tls: failure("connect-failed") }).at(-1)?.seen ?? "";
    assert.match(of("safe"), /lets every login in/);
    assert.match(of("secure"), /lets nobody in/);
  });

  it("names the kind of application that the api needs", () => {
    const of = (api: "v2" | "v1" | "unix") =>
      found({ settings: { ...settings, api }, keys: failure("forbidden") }).at(-1)?.remedy ?? "";
    assert.match(of("v2"), /Auth API/);
    assert.match(of("v1"), /Auth API/);
    assert.match(of("unix"), /UNIX Application/);
  });

  it("says which section it is about", () => {
    for (const { seen } of found({ label: "[service:sudo]" })) assert.match(seen, /^\[service:sudo\]: /);
  });
});

describe("the report", () => {
  const findings = [
    fine("tls", "tls", "fine"),
    note("x", "n", "odd \u001b[31m text"),
    danger("y", "d", "bad", "mend\u0007 it"),
  ];

  it("is safe to print, and counts", () => {
    const text = reportText(findings, false);
    assert.deepEqual(
      ["\u0007", "\u001b"].filter((control) => text.includes(control)),
      [],
    );
    assert.match(text, /^danger {3}y {14}bad\n {24}do: mend.? it$/mu);
    assert.match(text, /\n1 danger, 0 warnings, 1 note, 1 ok$/u);
  });

  it("has colour only when asked", () => {
    assert.ok(reportText(findings, true).includes("\u001b[31;1mdanger"));
  });

  it("is one line of JSON for scripts", () => {
    const json = reportJson(findings, { version: "1" });
    assert.ok(!json.includes("\n"));
    const parsed = JSON.parse(json);
    assert.deepEqual(
      [parsed.version, parsed.worst, parsed.findings.length, parsed.findings[2].id],
      ["1", "danger", 3, "d"],
    );
  });

  it("knows the worst", () => {
    assert.equal(worst([]), "ok");
    assert.equal(worst([note("a", "b", "c"), warning("a", "b", "c", "d"), fine("a", "b", "c")]), "warning");
  });
});
