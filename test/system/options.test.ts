// Options of Duo Unix at a real su: a section for one service, names from GECOS and from the login name, groups of the real
// group database, and Duo Unix's lines in syslog.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { type Pty, spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { startDaemon } from "../support/sandbox-daemon.ts";
import { PROOF, writeLoginStacks } from "../support/sandbox-doors.ts";
import { modulePath } from "../support/sandbox-pam.ts";
import { asUser, passwordOf } from "../support/sandbox-users.ts";
import { askedNames, ring } from "./stage.ts";

const suite = await sandboxed(import.meta.url, ["su", "usermod", modulePath]);

let duo: Emulator;

suite.before(async () => {
  writeLoginStacks();
  duo = await startEmulator();
});
suite.after(() => duo.close());

/** `caller` types su and the target's password. */
async function su(caller: string, target: string): Promise<Pty> {
  const screen = spawnPty(asUser(caller, ["su", target, "-c", PROOF]));
  await screen.waitFor("Password: ");
  screen.sendLine(passwordOf(target));
  return screen;
}

suite.test("a section for su chooses the subject; Duo Unix's words reach syslog as su's", async () => {
  duo.reset();
  suite.log.skip();
  await using _daemon = await startDaemon(duo, {
    duoLines: ["autopush = yes", "[service:su]", "subject = caller", "autopush = no"],
    gatewayLines: ["log_format = duo_unix"],
  });
  await using screen = await su("bob", "alice");
  await screen.waitFor(/Passcode or option \(1-\d\): $/u);
  screen.sendLine("1");
  await ring(duo, "bob");
  duo.approve("bob");
  await screen.waitFor(/^in as alice$/mu);
  assert.equal((await screen.exit).code, 0);
  assert.deepEqual(askedNames(duo), ["bob"]);
  await suite.log.waitFor(/su\[\d+\]: Successful Duo login for 'bob'/u);
});

suite.test("the login name gets its form, the GECOS field comes before it", async () => {
  duo.reset();
  duo.setUser("alice@example.org", { status: "bypass" });
  duo.setUser("Al the Third", { status: "bypass" });
  const duoLines = ["username_suffix = @example.org", "gecos_username_pos = 2", "gecos_delim = |"];
  await using daemon = await startDaemon(duo, { duoLines });
  for (const [gecos, asked] of [
    ["Alice", "alice@example.org"],
    ["Alice|Al the Third", "Al the Third"],
  ] as const) {
    assert.equal(spawnSync("usermod", ["--comment", gecos, "alice"]).status, 0);
    await using screen = await su("bob", "alice");
    await screen.waitFor(/^in as alice$/mu);
    assert.equal((await screen.exit).code, 0);
    const decision = await daemon.decision();
    assert.deepEqual([decision["user"], decision["duo_user"], decision["reason"]], ["alice", asked, "duo-bypass"]);
  }
});

suite.test("who is in none of the groups passes; while one of them does not exist, everyone is asked", async () => {
  duo.reset();
  for (const [groups, reason] of [
    ["root,!nobody", "outside-groups"],
    ["root no-such-grou?", "outside-groups"],
    ["root no-such-group", "duo-bypass"],
    ["alice", "duo-bypass"],
  ] as const) {
    duo.setUser("alice", { status: "bypass" });
    await using daemon = await startDaemon(duo, { duoLines: [`groups = ${groups}`] });
    await using screen = await su("bob", "alice");
    await screen.waitFor(/^in as alice$/mu);
    await screen.exit;
    assert.equal((await daemon.decision())["reason"], reason, groups);
  }
});
