// What only sshd has: keys before the second factor, the password method, several tries in one connection, and a
// client that goes away.

import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { startDaemon } from "../support/sandbox-daemon.ts";
import { PROOF, sshDoor, writeLoginStacks } from "../support/sandbox-doors.ts";
import { duogateAuth, modulePath, writeStack } from "../support/sandbox-pam.ts";
import { sshCommand, startSshd } from "../support/sandbox-sshd.ts";
import { giveKey } from "../support/sandbox-users.ts";
import { askedNames, choose, MENU, ring } from "./stage.ts";

const suite = await sandboxed(import.meta.url, ["/usr/sbin/sshd", "ssh", modulePath]);

let duo: Emulator;

suite.before(async () => {
  duo = await startEmulator();
});
suite.after(() => duo.close());

suite.test("a wrong password never reaches Duo", async () => {
  duo.reset();
  writeLoginStacks();
  await using _daemon = await startDaemon(duo);
  await using sshd = await startSshd();
  await using client = spawnPty([...sshCommand(sshd.port), "alice@127.0.0.1", PROOF]);
  for (const tries of ["first", "second", "third"]) {
    await client.waitFor("Password: ");
    client.sendLine(`wrong ${tries}`);
  }
  await client.waitFor("Permission denied");
  assert.equal((await client.exit).code, 255);
  assert.deepEqual(askedNames(duo), []);
});

suite.test("a key, then a push; Duo is told the client's address and the host", async () => {
  duo.reset();
  writeStack("sshd", [duogateAuth()]);
  await using daemon = await startDaemon(duo);
  await using sshd = await startSshd(["AuthenticationMethods publickey,keyboard-interactive:pam"]);
  const methods = { methods: "publickey,keyboard-interactive", options: [`IdentityFile=${giveKey("alice")}`] };
  await using client = spawnPty([...sshCommand(sshd.port, methods), "alice@127.0.0.1", PROOF]);
  await choose({ screen: client }, "1");
  const push = await ring(duo, "alice");
  assert.deepEqual([push.ipaddr, push.hostname], ["127.0.0.1", "sandbox.test"]);
  duo.approve("alice");
  await client.waitFor(/^in as alice$/mu);
  assert.equal((await client.exit).code, 0);
  assert.equal((await daemon.decision())["reason"], "duo-approved");
});

suite.test("a key alone is not enough", async () => {
  duo.reset();
  writeStack("sshd", [duogateAuth()]);
  await using _daemon = await startDaemon(duo);
  await using sshd = await startSshd(["AuthenticationMethods publickey,keyboard-interactive:pam"]);
  const methods = { methods: "publickey", options: [`IdentityFile=${giveKey("alice")}`] };
  await using client = spawnPty([...sshCommand(sshd.port, methods), "alice@127.0.0.1", PROOF]);
  await client.waitFor("Permission denied");
  assert.equal((await client.exit).code, 255);
  assert.equal(duo.pushes.length, 0);
});

suite.test("with sshd's and the client's own limits, a refused factor starts over with the password", async () => {
  duo.reset();
  duo.whenPushed("alice", "fraud");
  writeLoginStacks();
  await using daemon = await startDaemon(duo);
  await using sshd = await startSshd();
  await using client = await sshDoor(sshd.port, { options: ["NumberOfPasswordPrompts=2"] }).open("alice");
  await choose({ screen: client }, "1");
  await client.waitFor("Password: ");
  assert.equal((await daemon.decision())["reason"], "fraud-reported");
  client.sendLine("alice-password");
  await choose({ screen: client }, "100001");
  await client.waitFor(/^in as alice$/mu);
});

// sshd reads nothing from the network while PAM works, so that only the end of the push shows it that the client left.
suite.test("Ctrl-C while the push is out: a late approval lets nobody in", async () => {
  duo.reset();
  writeLoginStacks();
  await using daemon = await startDaemon(duo);
  await using sshd = await startSshd();
  await using client = await sshDoor(sshd.port).open("alice");
  await choose({ screen: client }, "1");
  await ring(duo, "alice");
  await client.interrupt();
  await client.exit;
  duo.approve("alice");
  await daemon.decision();
  await sshd.log.waitFor(/Connection (?:closed|reset) by authenticating user alice 127.0.0.1/u);
  assert.doesNotMatch(sshd.log.transcript, /Accepted|session opened/u);
});

suite.test("a terminal that is closed at the menu ends the login", async () => {
  duo.reset();
  writeLoginStacks();
  await using daemon = await startDaemon(duo);
  await using sshd = await startSshd();
  await using client = await sshDoor(sshd.port).open("alice");
  await client.waitFor(MENU);
  await client[Symbol.asyncDispose]();
  assert.equal((await daemon.decision())["verdict"], "aborted");
  assert.equal(duo.pushes.length, 0);
});

suite.test("a mistyped module argument refuses, and the log says what to write", async () => {
  duo.reset();
  writeLoginStacks("failmod=safe");
  await using _daemon = await startDaemon(duo);
  await using sshd = await startSshd();
  suite.log.skip();
  await using client = await sshDoor(sshd.port).open("alice");
  assert.equal((await client.exit).code, 255);
  await suite.log.waitFor(/pam_duogate\(sshd:auth\).*failmod=safe/u);
  assert.doesNotMatch(client.transcript, /in as/u);
});
