// `duogate enable` from the package, on a booted machine: over ssh, by a person whose session is then ended by systemd with all that
// is in it, and by a person whose machine loses its power. In both the file goes back.

import assert from "node:assert/strict";
import { booted } from "../support/booted.ts";
import type { Machine } from "../support/booted-machine.ts";
import { type Pty, spawnPty } from "../support/pty.ts";
import { sshCommand } from "../support/sandbox-sshd.ts";
import { installedStage, type Stage } from "./stage.ts";

const suite = await booted(import.meta.url, { withPackage: true });

const FILE = "/etc/pam.d/sudo";
const LINE = /^auth {4}required {4}pam_duogate\.so$/mu;
const CONFIRM = "Type yes when it has worked, no to take it back: ";

let stage: Stage & AsyncDisposable;
let before: string;
let lostPower = false;
suite.before(async () => {
  stage = await installedStage(suite);
  before = await read(stage.machine);
});
suite.after(async () => {
  await (lostPower ? stage.duo.close() : stage[Symbol.asyncDispose]());
});

const read = ({ sh }: Machine): Promise<string> => sh(`cat ${FILE}`);

/** alice by ssh, then sudo, up to the question whether it has worked. */
async function changedOverSsh(): Promise<Pty> {
  const options = ["NumberOfPasswordPrompts=1", "RequestTTY=force"];
  const client = sshCommand(22, { methods: "keyboard-interactive,password", options });
  const screen = spawnPty([...client, "alice@127.0.0.1", "sudo duogate enable sudo --no-test"]);
  for (let asked = 0; asked < 2; asked += 1) {
    await screen.waitFor(/password.*: $/iu);
    screen.sendLine("alice-password");
  }
  await screen.waitFor("Type yes: ");
  screen.sendLine("yes");
  await screen.waitFor(CONFIRM);
  return screen;
}

suite.test("a session that systemd ends, with every process in it, puts the file back", async () => {
  const { machine } = stage;
  // As on machines where logging out leaves nothing behind: the watcher has to be elsewhere.
  await machine.sh(
    "mkdir -p /etc/systemd/logind.conf.d && printf '[Login]\\nKillUserProcesses=yes\\n' >/etc/systemd/logind.conf.d/k.conf",
  );
  await machine.sh("systemctl try-restart systemd-logind.service");
  const log = machine.follow("journalctl --follow --lines=0 --identifier=duogate --output=cat");
  await using screen = await changedOverSsh();
  assert.match(await read(machine), LINE);
  const cgroup = await machine.sh("cat /proc/$(pgrep --full enable/watch-child.js | head -1)/cgroup");
  assert.match(cgroup, /\/run-\S+\.scope$/mu);
  assert.doesNotMatch(cgroup, /user\.slice|ssh/u);
  await machine.sh(`
    session=$(loginctl --no-legend list-sessions | awk '$3 == "alice" { print $1; exit }')
    if [ -n "$session" ]; then loginctl kill-session --signal=KILL "$session"; else exit 1; fi`);
  await log.waitFor("enable sudo: not confirmed. /etc/pam.d/sudo is as it was.");
  await screen.exit;
  assert.equal(await read(machine), before);
});

suite.test("confirmed over ssh, sudo asks for the factor; disable takes it out", async () => {
  const { machine, duo } = stage;
  const screen = await changedOverSsh();
  screen.sendLine("yes");
  await screen.waitFor("sudo asks for a second factor from now on.");
  assert.equal((await screen.exit).code, 0);
  duo.whenPushed("alice", "approve");
  await using sudo = machine.terminal("alice", ["sudo", "id", "-un"]);
  await sudo.waitFor(/password.*: $/iu);
  sudo.sendLine("alice-password");
  await sudo.waitFor(/Passcode or option.*: $/u);
  sudo.sendLine("1");
  await sudo.waitFor(/^root$/mu);
  await machine.sh("duogate disable sudo --yes");
  assert.equal(await read(machine), before);
});

suite.test("a loss of power before the yes: the file is back when the machine is up again", async () => {
  const screen = await changedOverSsh();
  lostPower = true;
  const layers = await stage.machine.powerOff();
  await screen.exit.catch(() => undefined);
  await using machine = await suite.boot(layers);
  assert.equal(await read(machine), before);
  assert.match(
    await machine.journal("duogate-enable-recover.service"),
    /An earlier change of sudo was never confirmed\. \/etc\/pam\.d\/sudo is as it was\./u,
  );
});
