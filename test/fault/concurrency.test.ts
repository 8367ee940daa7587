// A thousand logins of a thousand users in one daemon, all waiting for their phones at once, over real sockets. Each ends with
// the verdict of its own push; afterwards descriptors and memory are as before. Then two logins of one user.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { ask } from "../support/control.ts";
import { crowdName, crowdUser, gather, loginUntilPush, pollCount, residentBytes } from "../support/crowd.ts";
import { raiseDescriptorLimit } from "../support/descriptor-limit.ts";
import type { LogLine } from "../support/gateway.ts";
import { HelperClient, start } from "../support/helper-client.ts";
import { baseline, eventually, expectDescriptors, expectDrains } from "../support/leak.ts";
import { expectNoSecrets, pollHeld, type Stage, setStage } from "../support/pam-stage.ts";
import { repositoryFile } from "../support/repository.ts";

const LOGINS = 1000;
/** The emulator's TCP and TLS sockets, one of each for a poll, and the helpers' sockets: all in this process. */
const DESCRIPTORS_NEEDED = 4 * LOGINS;
/**
 * What a second thousand may leave in the heap beyond the first, measured as a heap snapshot's size, which is what is alive after a
 * collection. Resident memory says nothing here: V8 takes 30 to 60 MiB more with some thousands, and nothing of it is in use.
 */
const GROWTH_MAX_BYTES = 2 * 2 ** 20;

const limit = raiseDescriptorLimit();
const skip = limit >= DESCRIPTORS_NEEDED ? false : `needs ${DESCRIPTORS_NEEDED} descriptors, and the limit is ${limit}`;

type Fate = "approve" | "deny" | "fraud";
const FATES: readonly Fate[] = ["approve", "deny", "approve", "fraud"];
const fateOf = (i: number): Fate => FATES[i % FATES.length] ?? "deny";
/** A login takes no thread, so that this bound of the unit holds whatever max_logins is. */
const TASKS_MAX = Number(
  /^TasksMax=(\d+)$/m.exec(readFileSync(repositoryFile("systemd/duogated.service"), "utf8"))?.[1],
);

/** With one prompt a refusal ends the login. */
const ENDS: Readonly<Record<Fate, readonly [verdict: string, reason: string]>> = {
  approve: ["allow", "duo-approved"],
  deny: ["max-tries", "prompts-used-up"],
  fraud: ["deny", "fraud-reported"],
};

describe("a thousand logins at once", { skip, timeout: 110_000 }, () => {
  test("each ends with the verdict of its own push, and nothing is left", async (t) => {
    const users = Object.fromEntries(Array.from({ length: LOGINS }, (_, i) => [crowdName(i), crowdUser(i)]));
    const gatewayLines = ["answer_timeout = 60s", "login_timeout = 110s", "shutdown_timeout = 1s"];
    const folder = mkdtempSync(join(tmpdir(), "duogate-heap-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const stage = await setStage(t, {
      env: { NODE_OPTIONS: `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${folder}` },
      duoLines: ["prompts = 1"],
      gatewayLines,
      emulator: { users, longPollMs: 60_000 },
    });
    await stage.daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");
    await thousand(t, stage);
    const first = await heapSize(stage, folder);
    await thousand(t, stage);
    const second = await heapSize(stage, folder);
    t.diagnostic(`alive: ${mib(first)} after the first thousand, ${mib(second)} after the second`);
    assert.ok(
      second - first < GROWTH_MAX_BYTES,
      `${mib(first)} after the first thousand, ${mib(second)} after the second`,
    );
    expectNoSecrets(stage, []);
    await expectDrains(stage.daemon, stage.emulator);
  });
});

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** The daemon writes the snapshot in one turn: once the file is there, an answer of control.sock says that it is whole. */
async function heapSize({ daemon }: Stage, folder: string): Promise<number> {
  daemon.kill("SIGUSR2");
  await eventually("a heap snapshot", () => readdirSync(folder).length > 0, 20_000);
  await ask({ socketPath: join(daemon.folder, "control.sock") }, "/status");
  const [name = ""] = readdirSync(folder);
  const { size } = statSync(join(folder, name));
  rmSync(join(folder, name));
  return size;
}

async function thousand(t: TestContext, stage: Stage): Promise<void> {
  const { daemon, emulator } = stage;
  emulator.reset();
  const after = daemon.lines.length;
  const before = baseline(daemon);
  const idle = residentBytes(daemon.pid);
  const helpers = await gather(daemon, emulator, LOGINS);
  await eventually("all polls held", () => pollCount(emulator) === 2 * LOGINS, 20_000);
  assert.equal(emulator.pendingCount, LOGINS);
  const pending = residentBytes(daemon.pid);
  const tasks = readdirSync(`/proc/${daemon.pid}/task`).length;
  assert.ok(tasks < TASKS_MAX / 2, `${tasks} threads, and the unit has TasksMax=${TASKS_MAX}`);
  // In no order that the daemon knows.
  const order = helpers.map((_, i) => i).toSorted((a, b) => ((a * 7919) % LOGINS) - ((b * 7919) % LOGINS));
  for (const i of order) emulator[fateOf(i)](crowdName(i));
  const ended = await Promise.all(helpers.map(async (helper) => (await helper.nextOf("verdict")).verdict));
  for (const [i, verdict] of ended.entries()) assert.equal(verdict, ENDS[fateOf(i)][0], crowdName(i));
  // The log comes through a pipe, the verdicts through sockets: the last line may be read after the last verdict.
  await eventually("a decision for each login", () => decisionsSince(stage, after).length >= LOGINS);
  expectDecisions(stage, after);
  assert.equal(emulator.pushes.length, LOGINS);
  await expectDescriptors(daemon, before);
  t.diagnostic(
    `resident: idle ${mib(idle)}, ${LOGINS} pending ${mib(pending)}, after ${mib(residentBytes(daemon.pid))}`,
  );
}

function decisionsSince({ daemon }: Stage, after: number): readonly LogLine[] {
  return daemon.lines.slice(after).filter(({ event }) => event === "decision");
}

/** The log has one decision for each login, and each names its own user and push. */
function expectDecisions(stage: Stage, after: number): void {
  const { emulator } = stage;
  const decisions = decisionsSince(stage, after);
  assert.equal(decisions.length, LOGINS);
  const pushes = new Map(emulator.pushes.map(({ user, txid }) => [user, txid]));
  for (let i = 0; i < LOGINS; i += 1) {
    const own = decisions.filter(({ user }) => user === crowdName(i));
    assert.equal(own.length, 1);
    assert.deepEqual([own[0]?.["verdict"], own[0]?.["reason"]], ENDS[fateOf(i)]);
    assert.equal(own[0]?.["duo_txid"], pushes.get(crowdName(i)));
  }
}

const BUSY = "Another login of yours is waiting for an answer on your phone. If it is not yours, deny it there.";

describe("a second login of one user while a push is out", { timeout: 30_000 }, () => {
  test("is told so, and waits its turn: the second push goes out when the first has ended", async (t) => {
    const stage = await setStage(t);
    const first = await loginUntilPush(stage.daemon, stage.emulator, "alice");
    const second = await atBusyPrompt(stage);
    second.answer("");
    // Another user's login goes through meanwhile, so the second one had all the time to send a push.
    const other = await loginUntilPush(stage.daemon, stage.emulator, "bob");
    stage.emulator.approve("bob");
    assert.equal((await other.nextOf("verdict")).verdict, "allow");
    assert.equal(pushesOf(stage, "alice"), 1);
    const again = stage.emulator.nextPush("alice");
    stage.emulator.deny("alice");
    await again;
    stage.emulator.approve("alice");
    assert.equal((await second.nextOf("verdict")).verdict, "allow");
    assert.equal(pushesOf(stage, "alice"), 2);
    first.leave();
    await expectDrains(stage.daemon, stage.emulator);
  });

  test("or uses a passcode: no second push, and the first login goes on", async (t) => {
    const stage = await setStage(t);
    const first = await loginUntilPush(stage.daemon, stage.emulator, "alice");
    await pollHeld(stage.emulator, 0);
    const second = await atBusyPrompt(stage);
    second.answer("100001");
    assert.equal((await second.nextOf("verdict")).verdict, "allow");
    stage.emulator.approve("alice");
    assert.equal((await first.nextOf("verdict")).verdict, "allow");
    assert.equal(pushesOf(stage, "alice"), 1);
    await expectDrains(stage.daemon, stage.emulator);
  });
});

async function atBusyPrompt({ daemon }: Stage): Promise<HelperClient> {
  const helper = await HelperClient.connect(daemon.pamSocket);
  helper.send(start());
  await helper.nextOf("prompt");
  helper.answer("1");
  const prompt = await helper.nextOf("prompt");
  assert.ok(prompt.text.startsWith(BUSY), prompt.text);
  return helper;
}

function pushesOf({ emulator }: Stage, user: string): number {
  return emulator.pushes.filter((push) => push.user === user).length;
}
