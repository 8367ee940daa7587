// What only su and sudo have: two people at once. Whom Duo is asked for, what the push says, root's own way past su,
// and sudo's ticket.

import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { type SandboxDaemon, startDaemon } from "../support/sandbox-daemon.ts";
import { PROOF, sudoDoor, writeLoginStacks, writeSudoers } from "../support/sandbox-doors.ts";
import { duogateAuth, modulePath, UNIX_AUTH, writeStack } from "../support/sandbox-pam.ts";
import { asUser, passwordOf } from "../support/sandbox-users.ts";
import { askedNames, choose, ring } from "./stage.ts";

const suite = await sandboxed(import.meta.url, ["sudo", "su", modulePath]);

let duo: Emulator;
let daemon: SandboxDaemon;

suite.before(async () => {
  writeLoginStacks();
  writeStack("su-l", [UNIX_AUTH, duogateAuth()]);
  writeSudoers();
  duo = await startEmulator();
  daemon = await startDaemon(duo, { duoLines: ["pushinfo = yes"] });
});
suite.after(async () => {
  await daemon[Symbol.asyncDispose]();
  await duo.close();
});

type Row = readonly [caller: string, argv: readonly string[], target: string, asked: string];

const SUBJECTS: readonly Row[] = [
  ["alice", ["su", "-c", PROOF], "root", "alice"],
  ["alice", ["su", "-", "-c", PROOF], "root", "alice"],
  ["bob", ["su", "alice", "-c", PROOF], "alice", "alice"],
  ["bob", ["su", "-", "alice", "-c", PROOF], "alice", "alice"],
];

for (const [caller, argv, target, asked] of SUBJECTS) {
  suite.test(`${caller} types ${argv.slice(0, -2).join(" ")}: Duo is asked for ${asked}`, async () => {
    duo.reset();
    await using screen = spawnPty(asUser(caller, argv));
    await screen.waitFor("Password: ");
    screen.sendLine(passwordOf(target));
    await screen.waitFor(`Duo two-factor login for ${asked}`);
    await choose({ screen }, "1");
    await ring(duo, asked);
    duo.approve(asked);
    await screen.waitFor(new RegExp(`^in as ${target}$`, "mu"));
    assert.equal((await screen.exit).code, 0);
    assert.deepEqual(
      duo.pushes.map(({ user }) => user),
      [asked],
    );
    assert.equal((await daemon.decision())["user"], target);
  });
}

suite.test("root is not asked by su, as before", async () => {
  duo.reset();
  writeStack("su", ["auth sufficient pam_rootok.so", UNIX_AUTH, duogateAuth()]);
  await using screen = spawnPty(["su", "alice", "-c", PROOF]);
  await screen.waitFor(/^in as alice$/mu);
  assert.deepEqual(askedNames(duo), []);
});

suite.test("the push for sudo shows the command", async () => {
  duo.reset();
  await using screen = await sudoDoor.open("alice");
  await choose({ screen }, "1");
  const push = await ring(duo, "alice");
  const info = new Map(push.info.map(({ key, value }) => [key, value]));
  assert.equal(info.get("Service"), "sudo");
  assert.match(info.get("Command") ?? "", /sh -c echo in as/u);
  duo.approve("alice");
  await screen.waitFor(/^in as root$/mu);
});

suite.test("sudo's ticket: within it, nobody is asked again", async () => {
  duo.reset();
  writeSudoers(["Defaults timestamp_timeout=5"]);
  await using screen = spawnPty(asUser("alice", ["sh", "-c", 'sudo true && sudo -n sh -c "$1"', "sh", PROOF]));
  await screen.waitFor("password for alice: ");
  screen.sendLine(passwordOf("alice"));
  await choose({ screen }, "100001");
  await screen.waitFor(/^in as root$/mu);
  writeSudoers();
  assert.deepEqual(askedNames(duo), ["alice"]);
});

suite.test("with sudo's own three tries, a refusal asks for the password again", async () => {
  duo.reset();
  duo.whenPushed("alice", "fraud");
  writeSudoers(["Defaults passwd_tries=3"]);
  await using screen = await sudoDoor.open("alice");
  await choose({ screen }, "1");
  await screen.waitFor("Sorry, try again.");
  await screen.waitFor("password for alice: ");
  await screen.interrupt();
  assert.equal((await screen.exit).code, 1);
  writeSudoers();
});

suite.test("Ctrl-C while the push for su is out: the login ends and a late approval does nothing", async () => {
  duo.reset();
  writeLoginStacks();
  await using screen = spawnPty(asUser("bob", ["su", "alice", "-c", PROOF]));
  daemon.skip();
  await screen.waitFor("Password: ");
  screen.sendLine(passwordOf("alice"));
  await choose({ screen }, "1");
  await ring(duo, "alice");
  await screen.interrupt();
  await screen.exit;
  assert.equal((await daemon.decision())["verdict"], "aborted");
  duo.approve("alice");
  assert.doesNotMatch(screen.transcript, /in as/u);
});
