// The daemon under a real systemd: its sockets and its sandbox as they are at run time, and what the logins of many users meet when it is
// restarted, killed, frozen, or given its key as a credential. su is the door: it is the quickest.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { booted } from "../support/booted.ts";
import { knock, PROVEN, suDoor, suTo } from "../support/booted-doors.ts";
import { crowdName, crowdUser } from "../support/crowd.ts";
import { repositoryFile } from "../support/repository.ts";

import { assertHealthy, assertQuietJournal, installedStage, knockWith, type Stage } from "./stage.ts";

const CROWD = 4;
/** RestartSec= of the unit. */
const RESTART_PAUSE_MS = 200;
const SLACK_MS = 500;
const BACK_WITHIN_MS = 2000;
const suite = await booted(import.meta.url, { withPackage: true });

let stage: Stage & AsyncDisposable;
suite.before(async () => {
  stage = await installedStage(suite);
  await stage.machine.sh("pam-auth-update --enable duogate");
  for (const name of crowd()) {
    await stage.machine.sh(`useradd --shell /bin/sh ${name} && echo '${name}:${name}-password' | chpasswd`);
  }
});
suite.after(async () => {
  await stage[Symbol.asyncDispose]();
});

suite.test("the sockets and the daemon's copy of its configuration: modes and owners", async () => {
  const listed = await stage.machine.sh("cd /run/duogate && stat -c '%n %a %U:%G' . *");
  assert.deepEqual(listed.trim().split("\n").sort(), [
    ". 755 root:root",
    "control.sock 600 root:root",
    "duogate.conf 400 duogate:duogate",
    "login.sock 666 root:root",
    "pam.sock 600 root:root",
  ]);
});

suite.test("the daemon has no right that a plain user does not have, and no more exposure than 1.3", async () => {
  const { machine } = stage;
  const output = await machine.sh("systemd-analyze security --no-pager --threshold=13 duogated.service | tail -n 1");
  const level = Number(/Overall exposure level for duogated\.service: ([0-9.]+)/u.exec(output)?.[1]);
  assert.ok(level > 0 && level <= 1.3, output);
  const status = await machine.sh('cat /proc/"$(systemctl show -P MainPID duogated.service)"/status');
  assert.match(status, /^Uid:(\t[1-9]\d*){4}$/mu);
  assert.match(status, /^CapEff:\t0+\nCapBnd:\t0+$/mu);
  assert.match(status, /^NoNewPrivs:\t1$/mu);
});

for (const round of [1, 2, 3]) {
  suite.test(`restarted while ${CROWD} people log in, it refuses nobody (${round})`, async () => {
    letTheCrowdIn();
    const restart = stage.machine.sh("systemctl restart duogated.service");
    const entries = await Promise.all(crowd().map((name) => knock(suTo(stage.machine, name), keysOf(name))));
    await restart;
    assert.deepEqual(new Set(entries), new Set(["in after a factor"]));
  });
}

suite.test("restarted while somebody looks for a phone: the next one is let in meanwhile, then the first", async () => {
  const { machine, log } = stage;
  letTheCrowdIn();
  const [slow = "", quick = "", later = ""] = crowd();
  const screen = await atTheMenu(slow);
  log.skip();
  const restart = machine.sh("systemctl restart duogated.service");
  await log.waitFor('"event":"stopping"');
  assert.equal(await knock(suTo(machine, quick), keysOf(quick)), "in after a factor");
  screen.sendLine("1");
  await screen.waitFor(PROVEN);
  await restart;
  assert.equal(await knock(suTo(machine, later), keysOf(later)), "in after a factor");
});

suite.test(
  "killed while logins are under way: back within two seconds, and whoever knocks meanwhile is let in",
  async () => {
    const { machine, log } = stage;
    letTheCrowdIn();
    const limitMs = Math.max(BACK_WITHIN_MS, (await restartMs()) + RESTART_PAUSE_MS + SLACK_MS);
    const names = crowd();
    const pending = await Promise.all(names.map((name) => atTheMenu(name)));
    log.skip();
    const killedAt = performance.now();
    await machine.sh("systemctl kill --signal=KILL --kill-whom=main duogated.service");
    const [first = "", ...others] = names;
    const entry = knock(suTo(machine, first), keysOf(first));
    await log.waitFor('"event":"started"');
    const backMs = performance.now() - killedAt;
    const entries = [
      await entry,
      ...(await Promise.all(others.map((name) => knock(suTo(machine, name), keysOf(name))))),
    ];
    assert.deepEqual(new Set(entries), new Set(["in after a factor"]));
    assert.ok(backMs < limitMs, `${backMs} ms`);
    for (const screen of pending) {
      screen.sendLine("1");
      assert.notEqual((await screen.exit).code, 0);
      assert.doesNotMatch(screen.transcript, /^in as/mu);
    }
  },
);

suite.test("frozen: systemd's watchdog ends it, and a new one answers", async () => {
  const { machine, log } = stage;
  await dropIn("watchdog", "WatchdogSec=2s");
  log.skip();
  await machine.sh("systemctl kill --signal=STOP --kill-whom=main duogated.service");
  await log.waitFor("Watchdog timeout");
  await log.waitFor('"event":"started"');
  assert.equal(await knockWith(stage, suDoor), "in after a factor");
  await dropIn("watchdog", "");
});

suite.test("the secret key as a credential, by the lines that the unit's comment shows", async () => {
  const { machine, duo } = stage;
  const unit = readFileSync(repositoryFile("systemd/duogated.service"), "utf8");
  const [, setting, path = ""] = /(LoadCredential=skey:(\S+))/u.exec(unit) ?? [];
  writeFileSync(join(machine.root, path), `${duo.skey}\n`, { mode: 0o600 });
  await machine.sh("sed -i '/^skey = /d' /etc/duogate/duogate.conf && ! grep -r skey /etc/duogate/duogate.conf");
  await dropIn("key", setting ?? "");
  assert.equal(await knockWith(stage, suDoor), "in after a factor");
  await machine.sh("systemctl reload duogated.service");
  assert.equal(await knockWith(stage, suDoor), "in after a factor");

  const [, sealed, sealedPath = ""] = /(LoadCredentialEncrypted=skey:(\S+))/u.exec(unit) ?? [];
  const [, seal] = /(systemd-creds encrypt --name=skey - \S+)/u.exec(unit) ?? [];
  await machine.sh(`mkdir -p "$(dirname ${sealedPath})" && ${seal} <${path} && rm ${path}`);
  await dropIn("key", sealed ?? "");
  assert.equal(await knockWith(stage, suDoor), "in after a factor");
});

suite.test("nothing has failed, no core was written, and the journal has no line that nobody expects", async () => {
  await assertHealthy(stage);
  assert.equal(await stage.machine.sh("find / -xdev -name 'core*' -type f -size +64k -newer /etc/hostname"), "");
  await assertQuietJournal(stage, [
    /refused user user\d+: duogated had closed the connection before the prompt was answered/u,
    /^duogated\.service: (?:Main process exited|Failed with result|Watchdog timeout|Killing process)/u,
    /"event":"decision".*"reason":"(?:shutting-down|helper-gone)"/u,
  ]);
});

function crowd(): readonly string[] {
  return Array.from({ length: CROWD }, (_, i) => crowdName(i));
}

function letTheCrowdIn(): void {
  for (const [i, name] of crowd().entries()) {
    stage.duo.setUser(name, crowdUser(i));
    stage.duo.whenPushed(name, "approve");
  }
}

function keysOf(name: string) {
  return { password: `${name}-password`, factor: "1" };
}

/** How long this machine takes for an orderly restart with nobody waiting: a busy one is no fault of the daemon's. */
async function restartMs(): Promise<number> {
  const before = performance.now();
  await stage.machine.sh("systemctl restart duogated.service");
  return performance.now() - before;
}

async function atTheMenu(name: string) {
  const screen = suTo(stage.machine, name);
  await screen.waitFor(/password.*: $/iu);
  screen.sendLine(`${name}-password`);
  await screen.waitFor(/option \(1-1\): $/u);
  return screen;
}

/** Writes or, with nothing to say, removes a drop-in, and restarts the daemon with it. */
async function dropIn(name: string, setting: string): Promise<void> {
  const file = `/etc/systemd/system/duogated.service.d/${name}.conf`;
  const change = setting === "" ? `rm ${file}` : `printf '[Service]\\n${setting}\\n' >${file}`;
  await stage.machine.sh(
    `mkdir -p "$(dirname ${file})" && ${change} && systemctl daemon-reload && systemctl restart duogated`,
  );
}
