// login.sock flooded by a user while root's programs log others in: every decision about those is in the log, the flood itself
// is a few lines with its number, and the metrics have counted all of it. A real daemon; its lines are what journald would get.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ask, seriesOf } from "../support/control.ts";
import type { TestDaemon } from "../support/gateway.ts";
import { HelperClient, start } from "../support/helper-client.ts";
import { runModule } from "../support/pam-module.ts";
import { setStage } from "../support/pam-stage.ts";
import { repositoryFile } from "../support/repository.ts";

const OWN_NAME = userInfo().username;
const ROUNDS = 100;
const AT_ONCE = 30;
const LOGINS = 6;

/** What the flood has been turned away for, by the daemon's own counts. */
async function counted({ folder }: TestDaemon): Promise<number> {
  const { text } = await ask({ socketPath: join(folder, "control.sock") }, "/metrics");
  return [...seriesOf(text)]
    .filter(([name]) => /^duogate_(decisions_total|helper_refusals_total)\{/.test(name))
    .filter(([name]) => !name.includes('verdict="allow"'))
    .reduce((sum, [, value]) => sum + value, 0);
}

/** One connection of the flood: silent, garbage, or a name that this account may not have. */
async function nuisance(socket: string, number: number): Promise<void> {
  const helper = await HelperClient.connect(socket);
  if (number % 3 === 0) helper.finish();
  else if (number % 3 === 1) helper.sendBytes(Buffer.from([0, 0, 0, 0]));
  else helper.send(start({ user: OWN_NAME, duoUser: "mallory" }));
  await helper.closed;
}

test("a flood on login.sock costs no decision its line", async (t) => {
  const { daemon, emulator } = await setStage(t, { gatewayLines: ["max_logins_per_uid = 64"] });
  emulator.setUser("alice", { status: "bypass" });
  const allowed: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const flood = Array.from({ length: AT_ONCE }, (_, number) => nuisance(daemon.loginSocket, number));
    if (round % Math.floor(ROUNDS / LOGINS) === 0 && allowed.length < LOGINS) {
      allowed.push((await runModule({ socket: daemon.pamSocket })).code);
    }
    await Promise.all(flood);
  }
  assert.deepEqual(
    allowed,
    Array.from({ length: LOGINS }, () => "PAM_SUCCESS"),
  );
  const total = ROUNDS * AT_ONCE;
  assert.equal(await counted(daemon), total, "the metrics are not exact");
  await daemon.stop();
  const { lines } = daemon;
  const decisions = lines.filter(({ event, verdict }) => event === "decision" && verdict === "allow");
  assert.equal(decisions.length, LOGINS);
  const summed = lines.filter(({ event }) => event === "refusals-summed");
  const own = lines.filter(({ event, verdict }) => {
    return (
      ["peer-refused", "protocol-violation"].includes(String(event)) || (event === "decision" && verdict === "deny")
    );
  });
  const numbers = summed.map(({ count }) => Number(count)).reduce((sum, count) => sum + count, 0);
  assert.equal(own.length + numbers, total, "something of the flood is in no line and in no number");
  assert.ok(lines.length < 100, `${lines.length} lines`);
});

test("systemd's unit asks journald to drop none of the daemon's lines", () => {
  const unit = readFileSync(repositoryFile("systemd/duogated.service"), "utf8");
  assert.match(unit, /^LogRateLimitIntervalSec=0$/m);
});

test("the last decisions that root is shown are not pushed out by a flood", async (t) => {
  const { daemon, emulator } = await setStage(t, { gatewayLines: ["max_logins_per_uid = 64"] });
  emulator.setUser("alice", { status: "bypass" });
  await runModule({ socket: daemon.pamSocket });
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => nuisance(daemon.loginSocket, 2)));
  }
  const { text } = await ask({ socketPath: join(daemon.folder, "control.sock") }, "/decisions?last=200");
  assert.match(text, /"verdict":"allow","reason":"duo-bypass"/);
});

test("a user who is let in again and again is slowed down, so that each allow has its line", async (t) => {
  const { daemon, emulator } = await setStage(t, { gatewayLines: ["max_logins_per_uid = 64"] });
  emulator.setUser(OWN_NAME, { status: "bypass" });
  const verdicts: (string | undefined)[] = [];
  for (let round = 0; round < 10; round += 1) {
    const asking = Array.from({ length: AT_ONCE }, async () => {
      const helper = await HelperClient.connect(daemon.loginSocket);
      helper.send(start({ user: OWN_NAME }));
      const verdict = await helper.nextOf("verdict");
      verdicts.push(verdict.verdict);
      await helper.closed;
    });
    await Promise.all(asking);
  }
  const allows = verdicts.filter((verdict) => verdict === "allow").length;
  assert.ok(allows >= 100 && allows < verdicts.length, `${allows} of ${verdicts.length} were allowed`);
  await daemon.stop();
  const lines = daemon.lines.filter(({ event }) => event === "decision");
  assert.equal(lines.filter(({ verdict }) => verdict === "allow").length, allows);
  assert.ok(lines.filter(({ verdict }) => verdict === "deny").length <= 10);
});
