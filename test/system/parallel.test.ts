// Several logins of one user at once, as editors, copies and web consoles open them: each has its turn at the phone. Where
// nobody can be asked it waits by itself; where somebody can, "1" and Enter mean wait.

import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { type Pty, spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { type SandboxDaemonOptions, startDaemon } from "../support/sandbox-daemon.ts";
import { PROOF, sshDoor, writeLoginStacks } from "../support/sandbox-doors.ts";
import { modulePath } from "../support/sandbox-pam.ts";
import { type Sshd, sshCommand, startSshd } from "../support/sandbox-sshd.ts";
import { passwordOf } from "../support/sandbox-users.ts";
import { choose, ring } from "./stage.ts";

const suite = await sandboxed(import.meta.url, ["/usr/sbin/sshd", "ssh", modulePath]);

const AUTOPUSH: SandboxDaemonOptions = { duoLines: ["autopush = yes"] };
const IN = /^in as alice$/mu;
/** Below sshd's MaxStartups, which would turn away some of more. */
const AT_ONCE = 6;

let duo: Emulator;
let sshd: Sshd;

suite.before(async () => {
  duo = await startEmulator();
  writeLoginStacks();
  sshd = await startSshd(["AuthenticationMethods keyboard-interactive:pam password", "PasswordAuthentication yes"]);
});
suite.after(async () => {
  await sshd[Symbol.asyncDispose]();
  await duo.close();
});

/** sshd's password method, up to the password: its conversation fails every further prompt. */
async function byPassword(): Promise<Pty> {
  const settings = { methods: "password", options: ["NumberOfPasswordPrompts=1"] };
  const client = spawnPty([...sshCommand(sshd.port, settings), "alice@127.0.0.1", PROOF]);
  await client.waitFor("password: ");
  client.sendLine(passwordOf("alice"));
  return client;
}

suite.test("sshd's password method with autopush: the second login waits, and rings when the first is in", async () => {
  duo.reset();
  await using _daemon = await startDaemon(duo, AUTOPUSH);
  await using first = await byPassword();
  await ring(duo, "alice");
  const asked = duo.requests.at(-1)?.sequence ?? 0;
  await using second = await byPassword();
  await duo.nextRequest("preauth", { after: asked });
  assert.equal(duo.pushes.length, 1);
  duo.approve("alice");
  await first.waitFor(IN);
  await ring(duo, "alice");
  duo.approve("alice");
  await second.waitFor(IN);
  assert.equal(duo.pushes.length, 2);
});

for (const answer of ["1", "push", ""]) {
  suite.test(`keyboard-interactive: "${answer}" at the waiting prompt waits, and is no wrong answer`, async () => {
    duo.reset();
    await using daemon = await startDaemon(duo);
    await using first = await sshDoor(sshd.port).open("alice");
    await choose({ screen: first }, "1");
    await ring(duo, "alice");
    await using second = await sshDoor(sshd.port).open("alice");
    await choose({ screen: second }, "1");
    await second.waitFor(/Another login of yours.*press Enter to wait for your turn, about a minute at most: $/su);
    second.sendLine(answer);
    duo.approve("alice");
    await first.waitFor(IN);
    await ring(duo, "alice");
    duo.approve("alice");
    await second.waitFor(IN);
    for (const attempts of [1, 1]) assert.equal((await daemon.decision())["attempts"], attempts);
    assert.equal(duo.pushes.length, 2);
  });
}

suite.test("keyboard-interactive: a passcode at the waiting prompt goes first", async () => {
  duo.reset();
  await using _daemon = await startDaemon(duo);
  await using first = await sshDoor(sshd.port).open("alice");
  await choose({ screen: first }, "1");
  await ring(duo, "alice");
  await using second = await sshDoor(sshd.port).open("alice");
  await choose({ screen: second }, "1");
  await second.waitFor(/about a minute at most: $/u);
  second.sendLine("100001");
  await second.waitFor(IN);
  assert.equal(duo.pushes.length, 1);
  duo.approve("alice");
  await first.waitFor(IN);
});

suite.test(`${AT_ONCE} at once with autopush all get in, one push after the other, and none is asked`, async () => {
  duo.reset();
  duo.whenPushed("alice", "approve");
  await using _daemon = await startDaemon(duo, AUTOPUSH);
  const clients = await Promise.all(Array.from({ length: AT_ONCE }, () => sshDoor(sshd.port).open("alice")));
  try {
    await Promise.all(clients.map((client) => client.waitFor(IN)));
    for (const { transcript } of clients) assert.doesNotMatch(transcript, /press Enter to wait/u);
  } finally {
    await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
  }
  assert.equal(duo.pushes.length, AT_ONCE);
});
