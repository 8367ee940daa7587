// doctor's way to Duo against the emulator, with every fault that networks and keys have; and the whole command as a
// process, beside a running daemon: what it says of its sockets, its answer, and how it ends.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, it, type TestContext } from "node:test";
import type { Finding } from "../../src/cli/doctor/finding.ts";
import { networkFacts } from "../../src/cli/doctor/network-facts.ts";
import { networkFindings } from "../../src/cli/doctor/network-findings.ts";
import type { DuoSettings } from "../../src/config/config.ts";
import { httpProxy } from "../../src/config/proxy-value.ts";
import { systemClock } from "../../src/core/clock.ts";
import { type Resolve, systemResolve } from "../../src/duo/resolver.ts";
import { type Emulator, type EmulatorOptions, startEmulator } from "../emulator/emulator.ts";
import { settingsFor } from "../support/duo-service.ts";
import { configText, startDaemon } from "../support/gateway.ts";
import { freePort, startScriptedProxy } from "../support/proxies.ts";
import { repositoryFile } from "../support/repository.ts";
import { makeAuthority } from "../support/test-authority.ts";
import { accepted, REQUIRED } from "../unit/config/samples.ts";

/** The emulator's certificate and its root last for days only. */
const SHORT = ["warning tls-expires", "warning tls-root-expires"];

async function emulate(t: TestContext, options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  t.after(() => emulator.close());
  return emulator;
}

interface Seen {
  /** `danger duo-keys`, in the order of the report. */
  readonly ids: readonly string[];
  readonly findings: readonly Finding[];
  readonly steps: readonly string[];
}

async function look(
  emulator: Emulator,
  change: Partial<DuoSettings> = {},
  resolve: Resolve = systemResolve,
): Promise<Seen> {
  const settings = { ...accepted(REQUIRED).duo, ...settingsFor(emulator), ...change };
  const steps: string[] = [];
  const parts = {
    clock: systemClock,
    resolve,
    userAgent: "duogate/test",
    progress: (what: string) => steps.push(what),
  };
  const findings = networkFindings(await networkFacts("[duo]", settings, parts), Date.now());
  return { ids: findings.map(({ level, id }) => `${level} ${id}`), findings, steps };
}

describe("the way to Duo", () => {
  it("is told step by step when all is well, in every dialect, and asks about no user", async (t) => {
    const emulator = await emulate(t);
    for (const api of ["v2", "v1", "unix"] as const) {
      const { ids, findings, steps } = await look(emulator, { api });
      const clock = api === "v1" && !ids.includes("ok clock") ? "note clock-unseen" : "ok clock";
      assert.deepEqual(ids, ["ok dns", ...SHORT, clock, "ok duo-keys"], api);
      assert.match(findings[1]?.seen ?? "", /^the certificate of Duo emulator is valid for \d more days$/);
      assert.equal(steps.length, 4);
    }
    assert.ok(emulator.requests.length > 0);
    assert.ok(emulator.requests.every(({ params }) => !("username" in params)));
  });

  it("is refused for wrong keys, and the key is nowhere", async (t) => {
    const emulator = await emulate(t);
    const other = await emulate(t);
    const skey = { skey: settingsFor(other).skey };
    const { ids, findings } = await look(emulator, skey);
    assert.deepEqual(ids.at(-1), "danger duo-keys");
    assert.match(findings.at(-1)?.remedy ?? "", /skey/);
    assert.ok(!JSON.stringify(findings).includes(other.skey));
    assert.equal((await look(emulator, { ikey: other.ikey })).ids.at(-1), "danger duo-keys");
  });

  it("is refused for the keys of another kind of application", async (t) => {
    const admin = { ikey: "DIADMINADMINADMINADM", skey: "a".repeat(40) };
    const emulator = await emulate(t, { adminIntegration: admin });
    const { ids, findings } = await look(
      emulator,
      settingsFor({ ...emulator, ...admin, port: emulator.port, caFile: emulator.caFile }),
    );
    assert.equal(ids.at(-1), "danger duo-keys");
    assert.match(findings.at(-1)?.remedy ?? "", /Protect an Application, Auth API/);
  });

  it("shows a clock that is wrong", async (t) => {
    const skewed = async (ms: number) => {
      const { findings } = await look(await emulate(t, { now: () => Date.now() + ms }));
      return findings.find(({ area }) => area === "clock");
    };
    const minutes = await skewed(600_000);
    assert.equal(minutes?.level, "warning");
    assert.match(minutes?.seen ?? "", /is (599|600|601) s behind Duo's/);
    assert.match((await skewed(-120_000))?.seen ?? "", /is 1(19|20|21) s ahead of Duo's/);
    assert.equal((await skewed(3 * 86_400_000))?.level, "danger");
  });

  it("does not trust a stranger", async (t) => {
    const emulator = await emulate(t);
    const stranger = makeAuthority();
    t.after(() => stranger.close());
    const before = emulator.requests.length;
    assert.deepEqual((await look(emulator, { caCertificates: [stranger.root] })).ids, [
      "ok dns",
      "danger tls-untrusted",
    ]);
    assert.deepEqual(
      (
        await look(emulator, { host: "api-12345678.duosecurity.com" }, async () => [
          { address: "127.0.0.1", family: 4 },
        ])
      ).ids,
      ["danger dns-redirected", "danger tls-untrusted"],
    );
    assert.equal(emulator.requests.length, before);
  });

  it("ends where the name has no address, or the resolver is silent", async (t) => {
    const emulator = await emulate(t);
    const failing: Resolve = async () => {
      throw Object.assign(new Error("getaddrinfo ENOTFOUND localhost"), { code: "ENOTFOUND" });
    };
    const failed = await look(emulator, {}, failing);
    assert.deepEqual([failed.ids, failed.steps.length], [["danger dns"], 1]);
    const silent = await look(emulator, { connectTimeoutMs: 200 }, () => new Promise(() => undefined));
    assert.deepEqual(silent.ids, ["danger dns"]);
    assert.match(silent.findings[0]?.seen ?? "", /within 200 ms/);
  });

  it("ends where nobody listens", async (t) => {
    const emulator = await emulate(t);
    const { ids, findings } = await look(emulator, { port: await freePort(), failmode: "safe" });
    assert.deepEqual(ids, ["ok dns", "danger duo-unreachable"]);
    assert.match(findings[1]?.seen ?? "", /failmode = safe lets every login in without Duo/);
  });

  it("ends at a proxy that refuses", async (t) => {
    const emulator = await emulate(t);
    const proxy = await startScriptedProxy((socket) => void socket.end("HTTP/1.1 407 No\r\n\r\n"));
    t.after(() => proxy.close());
    const read = httpProxy.read(`http://hunter:hunter2@127.0.0.1:${proxy.port}`);
    assert.ok(read.ok);
    const { ids, findings } = await look(emulator, { httpProxy: read.value });
    assert.deepEqual(ids, ["ok dns", "danger proxy-refused"]);
    assert.match(findings[1]?.seen ?? "", /407/);
    assert.doesNotMatch(JSON.stringify(findings), /hunter/);
  });
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly findings: readonly Finding[];
}

async function doctor(config: string, ...more: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [repositoryFile("dist/src/main.js"), "doctor", "--config", config, ...more], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const findings = more.includes("--json") ? (JSON.parse(out).findings as readonly Finding[]) : [];
  return { code: Number(code), out, err, findings };
}

describe("duogate doctor", () => {
  it("sees a running daemon, its sockets and its Duo, and leaves no mark in its log", async (t) => {
    const emulator = await emulate(t);
    const daemon = await startDaemon({ duo: emulator });
    t.after(() => daemon.stop());
    await daemon.line((line) => String(line["msg"]).includes("accepts the integration key"));
    const before = daemon.lines.length;
    const { code, err, findings } = await doctor(daemon.configFile, "--json");
    assert.equal(err, "");
    const of = (...areas: readonly string[]) =>
      findings.filter(({ area }) => areas.includes(area)).map(({ level, id }) => `${level} ${id}`);
    assert.deepEqual(of("dns", "tls", "clock", "duo"), ["ok dns", ...SHORT, "ok clock", "ok duo-keys"]);
    if (process.getuid?.() === 0) assert.deepEqual(of("sockets", "daemon"), ["ok sockets", "ok daemon-answers"]);
    // The emulator's certificate alone is something to mend.
    assert.equal(code, 1);
    const words = findings.map(({ seen, remedy }) => `${seen} ${remedy}`).join("\n");
    assert.ok(!words.includes(emulator.skey));
    assert.deepEqual(daemon.lines.slice(before), []);
  });

  it("asks nobody with --offline, prints without colour where no terminal is, and counts", async (t) => {
    const emulator = await emulate(t);
    const folder = mkdtempSync(join(tmpdir(), "duogate-doctor-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const config = join(folder, "duogate.conf");
    writeFileSync(config, configText({ duo: emulator }, folder), { mode: 0o600 });
    const { out, err } = await doctor(config, "--offline");
    assert.equal(emulator.requests.length, 0);
    assert.ok(!out.includes("\u001b") && err === "", err);
    assert.match(out, /\n\d+ dangers?, \d+ warnings?, \d+ notes?, \d+ ok\n$/u);
    assert.match(out, /socket/u);
  });

  it("tells what is wrong with the configuration, and goes on", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "duogate-doctor-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const config = join(folder, "duogate.conf");
    writeFileSync(config, `${REQUIRED}nonsense = 1\n`, { mode: 0o600 });
    const { code, findings } = await doctor(config, "--json");
    assert.equal(code, 1);
    assert.ok(findings.some(({ id, place }) => id === "config-unknown-key" && place === `${config}:6`));
    assert.ok(findings.some(({ area }) => area.startsWith("pam ")));
  });
});
