// `duogate logins` and `duogate status` as processes: what they print, over a restart of the daemon, into a pipe that closes, and
// how they end.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { startDaemon, type TestDaemon } from "../support/gateway.ts";
import { runModule } from "../support/pam-module.ts";
import { QUICK_DUO, QUICK_GATEWAY, setStage } from "../support/pam-stage.ts";
import { repositoryFile } from "../support/repository.ts";

const KEYS_ACCEPTED = "Duo accepts the integration key and secret key";
const socketOf = ({ folder }: TestDaemon): string => join(folder, "control.sock");

function duogate(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [repositoryFile("dist/src/main.js"), ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

async function run(
  args: readonly string[],
): Promise<{ readonly code: unknown; readonly out: string; readonly err: string }> {
  const child = duogate(args);
  assert.ok(child.stdout !== null && child.stderr !== null);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, out, err };
}

/** A command that goes on, with what it wrote, line by line, on either stream. */
class Following {
  readonly child: ChildProcess;
  readonly exited: Promise<readonly unknown[]>;
  readonly #out: AsyncIterator<string>;
  readonly #err: AsyncIterator<string>;

  constructor(t: TestContext, args: readonly string[]) {
    this.child = duogate(args);
    assert.ok(this.child.stdout !== null && this.child.stderr !== null);
    this.exited = once(this.child, "close");
    this.#out = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.#err = createInterface({ input: this.child.stderr })[Symbol.asyncIterator]();
    t.after(() => this.child.kill("SIGKILL"));
  }

  async line(): Promise<string> {
    return String((await this.#out.next()).value);
  }

  async said(): Promise<string> {
    return String((await this.#err.next()).value);
  }
}

async function login(daemon: TestDaemon, user: string, service = "sudo"): Promise<string | undefined> {
  return (await runModule({ socket: daemon.pamSocket, user, service, answers: ["1", "1", "1"] })).code;
}

test("the last decisions, and those that fit", async (t) => {
  const { daemon, emulator } = await setStage(t);
  emulator.whenPushed("alice", "approve");
  emulator.whenPushed("bob", "fraud");
  assert.equal((await run(["logins", "--socket", socketOf(daemon)])).out, "");
  await login(daemon, "alice");
  await login(daemon, "bob", "sshd");
  await login(daemon, "x\u001b[2J\u202e");
  const all = await run(["logins", "--socket", socketOf(daemon)]);
  const lines = all.out.trimEnd().split("\n");
  assert.deepEqual([all.code, all.err, lines.length], [EXIT.ok, "", 3]);
  assert.match(lines[0] ?? "", /^[0-9-]{10} [0-9:]{8} {2}allow {8} duo-approved {5}alice sudo; push, \d/);
  assert.match(lines[1] ?? "", /deny {9} fraud-reported {3}bob sshd; push, \d/);
  assert.match(lines[2] ?? "", / x\?\[2J\? sudo; /);
  const denied = await run(["logins", "--socket", socketOf(daemon), "--denied", "--service", "sshd", "--json"]);
  const decision: unknown = JSON.parse(denied.out);
  assert.ok(typeof decision === "object" && decision !== null && "user" in decision);
  assert.equal(decision.user, "bob");
  assert.equal((await run(["logins", "--socket", socketOf(daemon), "--user", "alice"])).out.split("\n").length, 2);
  assert.equal((await run(["logins", "--socket", socketOf(daemon), "--last", "0"])).out, "");
  assert.equal((await run(["logins", "--socket", socketOf(daemon), "--last", "201"])).code, EXIT.usage);
  const nobody = await run(["logins", "--socket", join(daemon.folder, "none.sock"), "--follow"]);
  assert.deepEqual([nobody.code, nobody.out], [EXIT.cannotRun, ""]);
  assert.match(nobody.err, /is the daemon running/);
});

test("--follow shows each as it comes, waits for a daemon that restarts, and ends with Ctrl-C", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "duogate-follow-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { daemon, emulator } = await setStage(t, { folder });
  emulator.whenPushed("alice", "approve");
  emulator.whenPushed("bob", "fraud");
  const early = new Following(t, ["logins", "--follow", "--socket", socketOf(daemon)]);
  assert.match(await early.said(), /no such login yet since the daemon's start; Ctrl-C ends the wait/);
  early.child.kill("SIGINT");
  await login(daemon, "bob");
  const follow = new Following(t, ["logins", "--follow", "--denied", "--socket", socketOf(daemon)]);
  assert.match(await follow.line(), /fraud-reported {3}bob/);
  await login(daemon, "alice");
  await login(daemon, "bob");
  assert.match(await follow.line(), /fraud-reported {3}bob/);
  await daemon.stop();
  assert.match(await follow.said(), /has ended; waiting/);
  const quick = { duoLines: QUICK_DUO, gatewayLines: QUICK_GATEWAY };
  const next = await startDaemon({ duo: emulator, folder, ...quick });
  t.after(() => next.stop());
  assert.match(await follow.said(), /is back/);
  await login(next, "bob");
  assert.match(await follow.line(), /fraud-reported {3}bob/);
  follow.child.kill("SIGINT");
  assert.deepEqual(await follow.exited, [EXIT.ok, null]);
});

test("--follow ends when nobody reads any more", async (t) => {
  const { daemon, emulator } = await setStage(t);
  emulator.whenPushed("bob", "fraud");
  await login(daemon, "bob");
  const follow = new Following(t, ["logins", "--follow", "--socket", socketOf(daemon)]);
  await follow.line();
  follow.child.stdout?.destroy();
  await login(daemon, "bob");
  const [code] = await follow.exited;
  assert.equal(code, EXIT.ok);
});

test("status says that all is well, and ends with another code when it is not", async (t) => {
  const { daemon, emulator } = await setStage(t);
  await daemon.line(({ msg }) => msg === KEYS_ACCEPTED);
  const well = await run(["status", "--socket", socketOf(daemon)]);
  assert.deepEqual([well.code, well.err], [EXIT.ok, ""]);
  assert.match(well.out, /^problems +none$/m);
  assert.match(well.out, /^Duo +localhost:\d+: answers, keys accepted, api = v2$/m);
  assert.match(well.out, /^ +for \[duo\] failmode = secure$/m);
  emulator.fault("connect", { kind: "refuse" });
  await login(daemon, "alice");
  await daemon.event("outage-begin");
  const away = await run(["status", "--socket", socketOf(daemon)]);
  assert.equal(away.code, EXIT.unwell);
  assert.match(away.out, /^problems +\[duo\] localhost:\d+: Duo cannot be reached since .*\(connect-failed\)$/m);
  const json = await run(["status", "--json", "--socket", socketOf(daemon)]);
  assert.equal(json.code, EXIT.unwell);
  const status = JSON.parse(json.out) as { readonly problems: readonly string[] };
  assert.equal(status.problems.length, 1);
  emulator.clearFaults();
  await daemon.event("outage-end");
  assert.equal((await run(["status", "--socket", socketOf(daemon)])).code, EXIT.ok);
});

test("status ends with that code too where Duo refuses the keys", async (t) => {
  const { daemon } = await setStage(t, {
    duoLines: [...QUICK_DUO, "[service:su]", "ikey = DIAAAAAAAAAAAAAAAAA1", `skey = ${"a".repeat(40)}`],
  });
  await daemon.event("duo-misconfigured");
  const { code, out } = await run(["status", "--socket", socketOf(daemon)]);
  assert.equal(code, EXIT.unwell);
  assert.match(
    out,
    /^problems +\[service:su\] localhost:\d+: Duo refuses this machine, and logins with it \(bad-keys\)/m,
  );
  assert.match(out, /for \[service:su\] failmode = secure\n +no outage/);
});
