// What somebody with many uids can do on login.sock: newuidmap gives every account 65,536 of them. They get their owner's
// share of login.sock and no more, and nothing of it is felt on pam.sock: there, logins go on and Duo is asked.

import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { USERS_CALLS_AT_ONCE } from "../../src/duo/transport-turns.ts";
import { descriptorsFor, WAITING_PER_ACCOUNT } from "../../src/gateway/capacity.ts";
import { PACE_BURST, PACE_PER_SECOND } from "../../src/gateway/login-pace.ts";
import { type Crowd, gatherUids, noCrowd, privateMachine } from "../support/crowd-of-uids.ts";
import { frameOf, HelperClient, start } from "../support/helper-client.ts";
import { eventually } from "../support/leak.ts";
import { runModule } from "../support/pam-module.ts";
import { loginRequests, type Stage, setStage } from "../support/pam-stage.ts";

const skip = noCrowd();
const FIRST = 200_000;
const COUNT = 300;
const UIDS = Array.from({ length: COUNT }, (_, i) => FIRST + i);
const OWNER = "mallory";
/** The owner's range has all of them. */
const SUBUID = `# comment\n${OWNER}:${FIRST}:65536\n`;
const passwd = readFileSync("/etc/passwd", "utf8");
const accounts = (uids: readonly number[]) =>
  uids.map((uid) => `sub${uid}:x:${uid}:${uid}::/nonexistent:/usr/sbin/nologin\n`).join("");

interface Machine {
  readonly subuid?: string;
  readonly passwd?: string;
  readonly descriptors?: number;
  readonly duoLines?: readonly string[];
  readonly gatewayLines?: readonly string[];
}

async function machine(t: TestContext, { subuid = "", passwd: users = passwd, descriptors, ...lines }: Machine) {
  const folder = mkdtempSync(join(tmpdir(), "duogate-strangers-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const limit = descriptors === undefined ? {} : { descriptors };
  const under = privateMachine(folder, { files: { subuid, passwd: users }, ...limit });
  const stage = await setStage(t, { under, ...lines });
  chmodSync(stage.daemon.folder, 0o755);
  stage.emulator.setUser("root", { status: "bypass" });
  return stage;
}

/** Root's own login over login.sock: it stands for any user who is not the owner. */
async function othersLogin({ daemon }: Stage): Promise<string> {
  const helper = await connectedInTime(daemon.loginSocket);
  helper.send(start({ user: "root", service: "login_duogate" }));
  return (await helper.nextOf("verdict")).verdict;
}

/** As connect() of a helper does, which waits for room in a full queue for CONNECT_MS; Node's does not wait. */
async function connectedInTime(socket: string): Promise<HelperClient> {
  const until = performance.now() + CONNECT_MS;
  for (;;) {
    try {
      return await HelperClient.connect(socket);
    } catch (error) {
      const full = error instanceof Error && "code" in error && error.code === "EAGAIN";
      if (!full || performance.now() > until) throw error;
    }
  }
}

const startOf = (uid: number) => frameOf(start({ user: `sub${uid}`, service: "login_duogate" }));

/** PROTOCOL: section 5. */
const CONNECT_MS = 3000;
/** A bound for as many handshakes with Duo as the crowd may have, on a busy machine. */
const CROWD_MS = 20_000;
/** A bound: below the five seconds in which a helper has to say START. */
const LETS_GO_MS = 4000;

/** Until the daemon has let go of all but `most`. */
async function heldAtMost(crowd: Crowd, most: number): Promise<void> {
  const until = performance.now() + LETS_GO_MS;
  let { held } = await crowd.count();
  while (held > most && performance.now() < until) ({ held } = await crowd.count());
  assert.ok(held <= most, `${held} connections are held`);
}

test("uids without an account are closed before they cost anything", { skip }, async (t) => {
  const stage = await machine(t, { subuid: SUBUID });
  // One alone: of a crowd, those that are cut short for others may be the first few that the log has lines for.
  await gatherUids(t, { socket: stage.daemon.loginSocket, uids: [FIRST], each: 1 });
  const refused = await stage.daemon.event("peer-refused");
  assert.deepEqual([refused["socket"], refused["reason"]], ["login", `uid ${FIRST} is no user of this machine`]);
  const crowd = await gatherUids(t, { socket: stage.daemon.loginSocket, uids: UIDS, each: 4 });
  await heldAtMost(crowd, 0);
  assert.equal(loginRequests(stage.emulator).length, 0);
  assert.equal(await othersLogin(stage), "allow");
});

test("subordinate uids with accounts get their owner's places, and others theirs", { skip }, async (t) => {
  const stage = await machine(t, { subuid: SUBUID, passwd: passwd + accounts(UIDS) });
  const { daemon, emulator } = stage;
  // Those who are let in to the question stay there.
  emulator.fault("preauth", { kind: "silent" }, { times: 4 });
  const crowd = await gatherUids(t, { socket: daemon.loginSocket, uids: UIDS, each: 4, says: startOf });
  await eventually("four of them are asked about", () => loginRequests(emulator).length === 4);
  assert.equal(await othersLogin(stage), "allow");
  assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["100001"] })).code, "PAM_SUCCESS");
  await heldAtMost(crowd, 4);
});

test("and their owner's pace, so that the log has no more lines by them", { skip }, async (t) => {
  const subuids = UIDS.slice(0, 100);
  const gatewayLines = ["max_logins_per_uid = 64"];
  const stage = await machine(t, { subuid: SUBUID, passwd: passwd + accounts(subuids), gatewayLines });
  const { daemon } = stage;
  for (const uid of subuids) stage.emulator.setUser(`sub${uid}`, { status: "bypass" });
  const began = performance.now();
  await gatherUids(t, { socket: daemon.loginSocket, uids: subuids, each: 4, again: true, says: startOf });
  await daemon.line(({ reason }) => reason === "too-many-logins");
  const allows = () => daemon.lines.filter(({ verdict }) => verdict === "allow").length;
  await eventually("the burst is used up", () => allows() >= PACE_BURST, CROWD_MS);
  assert.equal(await othersLogin(stage), "allow");
  const most = PACE_BURST + 1 + (PACE_PER_SECOND * (performance.now() - began)) / 1000;
  assert.ok(allows() <= most, `${allows()} of at most ${most}`);
});

test("and as many silent connections as one account has", { skip }, async (t) => {
  const stage = await machine(t, { subuid: SUBUID, passwd: passwd + accounts(UIDS) });
  const crowd = await gatherUids(t, { socket: stage.daemon.loginSocket, uids: UIDS, each: 4 });
  await heldAtMost(crowd, WAITING_PER_ACCOUNT);
  assert.equal(await othersLogin(stage), "allow");
});

test("a crowd of accounts whose calls Duo does not answer leaves pam.sock calls of its own", { skip }, async (t) => {
  const crowdUids = UIDS.slice(0, 20);
  const stage = await machine(t, {
    passwd: passwd + accounts(crowdUids),
    duoLines: ["request_timeout = 60s"],
    gatewayLines: ["login_timeout = 60s"],
  });
  const { daemon, emulator } = stage;
  emulator.setUser("alice", { status: "disabled" });
  emulator.fault("preauth", { kind: "silent" }, { times: 1000 });
  await gatherUids(t, { socket: daemon.loginSocket, uids: crowdUids, each: 4, says: startOf });
  await eventually("their calls are out", () => loginRequests(emulator).length >= USERS_CALLS_AT_ONCE, CROWD_MS);
  emulator.clearFaults();
  // By Duo's word, and not because it waited for theirs.
  const denied = await runModule({ socket: daemon.pamSocket, args: "failmode=safe" });
  assert.equal(denied.code, "PAM_AUTH_ERR");
  assert.ok(denied.elapsedMs < 10_000, `took ${denied.elapsedMs} ms`);
  assert.equal(loginRequests(emulator).length, USERS_CALLS_AT_ONCE + 1);
});

test("a crowd of accounts that takes all of login.sock takes nothing of pam.sock, nor of the way to Duo", {
  skip,
}, async (t) => {
  const descriptors = descriptorsFor(16);
  const crowdUids = UIDS.slice(0, 60);
  const gatewayLines = ["max_logins = 16", "keep_warm = 0"];
  const stage = await machine(t, { passwd: passwd + accounts(crowdUids), descriptors, gatewayLines });
  const { daemon, emulator } = stage;
  // More than the process has descriptors, and each comes again when it was closed.
  const each = Math.ceil(descriptors / crowdUids.length) + 10;
  const crowd = await gatherUids(t, { socket: daemon.loginSocket, uids: crowdUids, each, again: true });
  emulator.setUser("alice", { status: "bypass" });
  for (let login = 0; login < 5; login += 1) {
    const ran = await runModule({ socket: daemon.pamSocket, args: "failmode=safe" });
    assert.equal(ran.code, "PAM_SUCCESS");
    assert.ok(ran.elapsedMs < 4000, `took ${ran.elapsedMs} ms`);
  }
  // Not by failmode: Duo was asked each time, and what it denies is denied.
  assert.equal(daemon.lines.filter(({ event, verdict }) => event === "decision" && verdict === "allow").length, 5);
  emulator.setUser("alice", { status: "disabled" });
  const denied = await runModule({ socket: daemon.pamSocket, args: "failmode=safe" });
  assert.equal(denied.code, "PAM_AUTH_ERR");
  assert.ok((await crowd.count()).closed > 0, "nothing was short");
  assert.deepEqual(
    daemon.lines.filter(({ event }) => event === "defect" || event === "outage-begin"),
    [],
  );
});
