// What a person meets when something is down: the daemon (the module's failmode), Duo (the daemon's failmode), or the
// daemon in the middle of a login, which no failmode may turn into an open door.

import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { sandboxed } from "../support/sandbox.ts";
import { startDaemon } from "../support/sandbox-daemon.ts";
import { type Door, sshDoor, suDoor, sudoDoor, writeLoginStacks, writeSudoers } from "../support/sandbox-doors.ts";
import { modulePath } from "../support/sandbox-pam.ts";
import { type Sshd, startSshd } from "../support/sandbox-sshd.ts";
import { choose, MENU, ring } from "./stage.ts";

const suite = await sandboxed(import.meta.url, ["/usr/sbin/sshd", "ssh", "sudo", "su", modulePath]);

let duo: Emulator;
let sshd: Sshd;

suite.before(async () => {
  writeSudoers();
  duo = await startEmulator();
  sshd = await startSshd();
});
suite.after(async () => {
  await sshd[Symbol.asyncDispose]();
  await duo.close();
});

const DOORS: Readonly<Record<Door["service"], () => Door>> = {
  sshd: () => sshDoor(sshd.port),
  sudo: () => sudoDoor,
  su: () => suDoor,
};
const FAILMODES = ["safe", "secure"] as const;

async function assertEntry(door: Door, allowed: boolean): Promise<void> {
  await using screen = await door.open("alice");
  const { code } = await screen.exit;
  const isIn = screen.transcript.includes(`in as ${door.inAs("alice")}`);
  assert.deepEqual({ isIn, success: code === 0 }, { isIn: allowed, success: allowed }, screen.transcript);
}

for (const [service, door] of Object.entries(DOORS)) {
  for (const failmode of FAILMODES) {
    const allowed = failmode === "safe";

    suite.test(`${service}: no daemon, failmode=${failmode} of the module`, async () => {
      writeLoginStacks(`failmode=${failmode}`);
      suite.log.skip();
      await assertEntry(door(), allowed);
      await suite.log.waitFor(
        new RegExp(`pam_duogate\\(${service}:auth\\): .*; failmode=${failmode} .* user alice`, "u"),
      );
    });

    suite.test(`${service}: Duo out of reach, failmode = ${failmode} of the daemon`, async () => {
      duo.reset();
      duo.fault("connect", { kind: "refuse" });
      // The other failmode in the module: it must have no say here.
      writeLoginStacks(`failmode=${allowed ? "secure" : "safe"}`);
      await using daemon = await startDaemon(duo, { failmode });
      await assertEntry(door(), allowed);
      const { verdict, reason } = await daemon.decision();
      const expected = allowed ? ["allow", "failmode-safe"] : ["unavailable", "failmode-secure"];
      assert.deepEqual([verdict, reason], expected);
      duo.clearFaults();
    });
  }

  suite.test(`${service}: the daemon is killed at the menu; failmode=safe does not let in`, async () => {
    duo.reset();
    writeLoginStacks("failmode=safe");
    await using daemon = await startDaemon(duo, { failmode: "safe" });
    await using screen = await door().open("alice");
    await screen.waitFor(MENU);
    await daemon.kill("SIGKILL");
    screen.sendLine("1");
    assert.notEqual((await screen.exit).code, 0);
    assert.doesNotMatch(screen.transcript, /in as/u);
  });

  suite.test(`${service}: the daemon is killed while the push is out; failmode=safe does not let in`, async () => {
    duo.reset();
    writeLoginStacks("failmode=safe");
    await using daemon = await startDaemon(duo, { failmode: "safe" });
    await using screen = await door().open("alice");
    await choose({ screen }, "1");
    await ring(duo, "alice");
    await daemon.kill("SIGKILL");
    assert.notEqual((await screen.exit).code, 0);
    assert.doesNotMatch(screen.transcript, /in as/u);
  });
}

suite.test("Duo goes away after a factor was refused: failmode = safe does not let in", async () => {
  duo.reset();
  duo.whenPushed("alice", "deny");
  writeLoginStacks();
  await using daemon = await startDaemon(duo, { failmode: "safe" });
  await using screen = await suDoor.open("alice");
  await choose({ screen }, "1");
  await screen.waitFor("Login request denied.");
  await screen.waitFor(MENU);
  duo.fault("auth", { kind: "status", status: 503 });
  duo.fault("preauth", { kind: "status", status: 503 });
  screen.sendLine("100001");
  assert.notEqual((await screen.exit).code, 0);
  assert.doesNotMatch(screen.transcript, /in as/u);
  assert.equal((await daemon.decision())["reason"], "outage-after-factor");
});
