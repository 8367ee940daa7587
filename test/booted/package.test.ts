// The life of the package on a booted machine, as apt and dpkg lead it: installing changes no login, an upgrade disturbs none,
// processes that have loaded the old module can still log in, and after a purge nothing is left but what Debian leaves.

import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { booted } from "../support/booted.ts";
import { answerConsole, DOORS, PROVEN, suDoor, suTo } from "../support/booted-doors.ts";
import { letPamAsk } from "../support/booted-enable.ts";
import type { Machine } from "../support/booted-machine.ts";
import { aptInstall, aptInstallInside, configure, nextVersion } from "../support/booted-package.ts";
import { MENU } from "../system/stage.ts";
import { assertHealthy, followDaemon, knockWith, type Stage } from "./stage.ts";

const suite = await booted(import.meta.url, { withPackage: true });

/** Places that programs write to by themselves, and this test's own. */
const OF_NO_ACCOUNT =
  /^\/(?:proc|sys|dev|run|tmp|root|home|var\/(?:log|cache|tmp|lib\/(?:dpkg|apt|systemd|pam|sudo)))(?:\/|$)/u;
/** The account stays, so that its number is never given to somebody else; sshd_config.d's file is the administrator's. */
const LEFT_ON_PURPOSE = ["/etc/.pwd.lock", "/etc/ssh/sshd_config.d/duogate.conf"];

let stage: Stage & { readonly duo: Emulator };
let filesBefore: ReadonlySet<string>;
let stacksBefore = "";

suite.before(async () => {
  const [machine, duo] = await Promise.all([suite.boot(), startEmulator()]);
  stage = { machine, duo, log: followDaemon(machine) };
  filesBefore = await files(machine);
  stacksBefore = await stacks(machine);
});
suite.after(async () => {
  await stage.machine.powerOff();
  await stage.duo.close();
});

suite.test("apt installs it without the network, and no PAM file has changed", async () => {
  const { machine } = stage;
  const said = await aptInstall(machine, suite.packageFile);
  assert.doesNotMatch(said, /\b(?:warning|error|failed)\b/iu);
  assert.equal(await stacks(machine), stacksBefore);
  assert.equal(await machine.sh("systemctl --failed --quiet"), "");
});

suite.test("without keys the daemon is quiet: not failed, not started again and again", async () => {
  const { machine } = stage;
  assert.equal((await machine.attempt("systemctl is-failed duogated.service")).output, "inactive\n");
  assert.equal(await machine.sh("systemctl show -P NRestarts duogated.service"), "0\n");
});

suite.test("configured and enabled as it says", async () => {
  const { machine, duo } = stage;
  configure(machine, { duo, failmode: "secure" });
  await machine.sh("duogate check && systemctl restart duogated.service && pam-auth-update --enable duogate");
  await letPamAsk(machine);
  await assertHealthy(stage);
  for (const door of DOORS) assert.equal(await knockWith(stage, door), "in after a factor", door.name);
});

suite.test("an upgrade while logins are under way: at the menu, at the password, and on the console", async () => {
  const { machine, duo, log } = stage;
  const next = await nextVersion(machine, suite.packageFile);
  duo.whenPushed("alice", "approve");
  duo.whenPushed("root", "approve");
  // All three have loaded the old module; getty's login after a refusal, su before it asks.
  machine.console.sendLine("root");
  await machine.console.waitFor("Password: ");
  await using atPassword = suTo(machine, "alice");
  await atPassword.waitFor(/password.*: $/iu);
  await using atMenu = suTo(machine, "alice");
  await atMenu.waitFor(/password.*: $/iu);
  atMenu.sendLine("alice-password");
  await atMenu.waitFor(MENU);

  log.skip();
  const upgraded = aptInstallInside(machine, next);
  await log.waitFor('"event":"stopping"');
  atMenu.sendLine("1");
  await atMenu.waitFor(PROVEN);
  await upgraded;

  atPassword.sendLine("alice-password");
  await atPassword.waitFor(MENU);
  atPassword.sendLine("1");
  await atPassword.waitFor(PROVEN);
  assert.equal(await answerConsole(machine, { password: "root-password", factor: "1" }, true), "in after a factor");
  assert.match(await machine.sh("dpkg-query -W duogate"), /\+next$/mu);
  await assertHealthy(stage);
  for (const door of DOORS) assert.equal(await knockWith(stage, door), "in after a factor", door.name);
});

suite.test("the same package again, and dpkg-reconfigure: nothing changes", async () => {
  await stage.machine.sh("dpkg --install /root/next.deb && dpkg-reconfigure duogate");
  await assertHealthy(stage);
  assert.equal(await knockWith(stage, suDoor), "in after a factor");
});

suite.test("removed: the stacks are as before, everybody gets in, no unit and no socket is left", async () => {
  const { machine } = stage;
  await machine.sh("apt-get remove --yes duogate");
  assert.equal(await stacks(machine), stacksBefore);
  for (const door of DOORS) assert.equal(await knockWith(stage, door), "in", door.name);
  const running = "systemctl list-units --state=active,activating,failed --no-legend 'duogate*'";
  assert.equal(await machine.sh(`${running}; ls /run/duogate 2>/dev/null; true`), "");
  assert.equal(await machine.sh("stat -c %a /etc/duogate/duogate.conf"), "600\n");
});

suite.test("purged: no file is left, and the account as Debian leaves it", async () => {
  const { machine } = stage;
  await machine.sh("rm /etc/duogate/emulator-ca.pem; apt-get purge --yes duogate");
  const left = [...(await files(machine))].filter((file) => !filesBefore.has(file) && !LEFT_ON_PURPOSE.includes(file));
  assert.deepEqual(left, []);
  const gone = [...filesBefore].filter((file) => !OF_NO_ACCOUNT.test(file));
  const now = await files(machine);
  assert.deepEqual(
    gone.filter((file) => !now.has(file)),
    [],
  );
  assert.equal((await machine.attempt("dpkg-query -W duogate")).code, 1);
  assert.match(await machine.sh("getent passwd duogate"), /:\/usr\/sbin\/nologin$/mu);
  assert.equal(await machine.sh("systemctl --failed --quiet; systemctl list-units --all --no-legend 'duogate*'"), "");
});

async function files(machine: Machine): Promise<ReadonlySet<string>> {
  const found = await machine.sh("find / -xdev -not -type d -print");
  return new Set(found.split("\n").filter((file) => file !== "" && !OF_NO_ACCOUNT.test(file)));
}

async function stacks(machine: Machine): Promise<string> {
  return await machine.sh("cd /etc/pam.d && sha256sum *");
}
