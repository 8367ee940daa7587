// Applications and clients that begin again by themselves after a refusal, with nothing typed in between: sudo's three tries,
// ssh's three prompts. With autopush one command rings one time, whatever became of that push.

import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { type Pty, spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { type SandboxDaemonOptions, startDaemon } from "../support/sandbox-daemon.ts";
import { PROOF, writeSudoers } from "../support/sandbox-doors.ts";
import { duogateAuth, modulePath, writeStack } from "../support/sandbox-pam.ts";
import { type Sshd, sshCommand, startSshd } from "../support/sandbox-sshd.ts";
import { asUser, giveKey } from "../support/sandbox-users.ts";
import { MENU } from "./stage.ts";

const suite = await sandboxed(import.meta.url, ["/usr/sbin/sshd", "ssh", "sudo", modulePath]);

const AUTOPUSH: SandboxDaemonOptions = { duoLines: ["autopush = yes"] };

let duo: Emulator;
let sshd: Sshd;

suite.before(async () => {
  duo = await startEmulator();
  sshd = await startSshd(["AuthenticationMethods publickey,keyboard-interactive:pam"]);
  // Duo alone: nothing that has to be typed stands between two tries.
  for (const service of ["sshd", "sudo"]) writeStack(service, [duogateAuth()]);
  writeSudoers(["Defaults passwd_tries=3"]);
});
suite.after(async () => {
  await sshd[Symbol.asyncDispose]();
  await duo.close();
});

function ssh(): Pty {
  const options = [`IdentityFile=${giveKey("alice")}`, "NumberOfPasswordPrompts=3"];
  const settings = { methods: "publickey,keyboard-interactive", options };
  return spawnPty([...sshCommand(sshd.port, settings), "alice@127.0.0.1", PROOF]);
}

const sudo = (): Pty => spawnPty(asUser("alice", ["sudo", "sh", "-c", PROOF]));

const ENDS: Readonly<Record<string, () => void>> = {
  "the user reports fraud": () => duo.whenPushed("alice", "fraud"),
  "Duo fails while the push is out": () => duo.fault("auth_status", { kind: "status", status: 500 }),
  "Duo talks nonsense while the push is out": () => duo.fault("auth_status", { kind: "invalid-json" }),
};

for (const [name, happens] of Object.entries(ENDS)) {
  suite.test(`ssh, ${name}: the client is turned away, and one push was sent`, async () => {
    duo.reset();
    happens();
    await using _daemon = await startDaemon(duo, AUTOPUSH);
    await using client = ssh();
    assert.equal((await client.exit).code, 255, client.transcript);
    assert.equal(duo.requests.filter(({ endpoint }) => endpoint === "preauth").length, 1);
    assert.equal(duo.pushes.length, 1);
  });

  suite.test(`sudo, ${name}: its second try shows the menu, and one push was sent`, async () => {
    duo.reset();
    happens();
    await using _daemon = await startDaemon(duo, AUTOPUSH);
    await using screen = sudo();
    await screen.waitFor("Sorry, try again.");
    await screen.waitFor(MENU);
    assert.equal(duo.pushes.length, 1);
  });
}
