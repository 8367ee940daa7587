// docs/OPERATIONS.md played on a real su and sshd: Debian's recipe, who gets in by Break-glass while no daemon runs, and the way back
// when nobody gets in. The lines are read out of the guide; only the module's path is this checkout's.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { guideRecipes, rescued } from "../support/guide-recipes.ts";
import { type Pty, spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { startDaemon } from "../support/sandbox-daemon.ts";
import { PROOF } from "../support/sandbox-doors.ts";
import { modulePath, writeStack } from "../support/sandbox-pam.ts";
import { type Sshd, sshCommand, startSshd } from "../support/sandbox-sshd.ts";
import { asUser, giveKey, passwordOf } from "../support/sandbox-users.ts";
import { askedNames, choose, MENU, ring } from "./stage.ts";

const suite = await sandboxed(import.meta.url, ["/usr/sbin/sshd", "ssh", "su", modulePath]);

let duo: Emulator;
suite.before(async () => {
  duo = await startEmulator();
  execFileSync("groupadd", ["breakglass"]);
  execFileSync("usermod", ["--append", "--groups", "breakglass", "carol"]);
});
suite.after(() => duo.close());

/** Puts the lines of that block behind su, or the service. */
function playRecipe(title: string, change: (line: string) => string = (line) => line, service = "su"): void {
  const recipe = guideRecipes().find((one) => one.title === title) ?? assert.fail(`the guide has no "${title}"`);
  writeStack(
    service,
    recipe.lines.map((line) => change(line).replace("pam_duogate.so", modulePath)),
  );
}

/** bob types su, and then this password. */
async function knock(user: string, password = passwordOf(user)): Promise<Pty> {
  const screen = spawnPty(asUser("bob", ["su", user, "-c", PROOF]));
  await screen.waitFor("Password: ");
  screen.sendLine(password);
  return screen;
}

async function assertIn(screen: Pty, user: string): Promise<void> {
  await screen.waitFor(new RegExp(`^in as ${user}$`, "mu"));
  assert.equal((await screen.exit).code, 0);
}

async function assertRefused(screen: Pty): Promise<void> {
  assert.notEqual((await screen.exit).code, 0);
  assert.doesNotMatch(screen.transcript, /^in as/mu);
}

suite.test("Debian's su: the password, then the push", async () => {
  duo.reset();
  playRecipe("Debian: /etc/pam.d/su");
  await using _daemon = await startDaemon(duo);
  await using screen = await knock("alice");
  await choose({ screen }, "1");
  await ring(duo, "alice");
  duo.approve("alice");
  await assertIn(screen, "alice");
});

suite.test("Debian's su: a wrong password never reaches Duo", async () => {
  duo.reset();
  playRecipe("Debian: /etc/pam.d/su");
  await using _daemon = await startDaemon(duo);
  await using screen = await knock("alice", "wrong");
  await assertRefused(screen);
  assert.deepEqual(askedNames(duo), []);
});

suite.test("Break-glass, no daemon: who is in the group needs the password alone, nobody else gets in", async () => {
  playRecipe("Debian: /etc/pam.d/sshd, break-glass");
  await using exempt = await knock("carol");
  await assertIn(exempt, "carol");
  await using wrong = await knock("carol", "wrong");
  await assertRefused(wrong);
  await using other = await knock("alice");
  await other.waitFor("duogate is not running; access denied");
  await assertRefused(other);
});

suite.test(
  "the way back, no daemon: the guide's sed lets the password decide, and it still has to be right",
  async () => {
    playRecipe("Debian: /etc/pam.d/su", rescued);
    await using right = await knock("alice");
    await assertIn(right, "alice");
    await using wrong = await knock("alice", "wrong");
    await assertRefused(wrong);
  },
);

suite.test("a line whose module is not there refuses everybody, and the way back mends that as well", async () => {
  const missing = (line: string) => line.replace("pam_duogate.so", "/run/sandbox/pam_duogate.so");
  playRecipe("Debian: /etc/pam.d/su", missing);
  await using refused = await knock("alice");
  await assertRefused(refused);
  playRecipe("Debian: /etc/pam.d/su", (line) => rescued(missing(line)));
  await using back = await knock("alice");
  await assertIn(back, "alice");
});

/** An sshd as the guide writes it, but for its addresses; `user` has a key there. */
function startGuideSshd(permitRoot: string): Promise<Sshd> {
  const keys = "AuthorizedKeysFile /run/home/%u/.ssh/authorized_keys";
  return startSshd([keys, `PermitRootLogin ${permitRoot}`, "AuthenticationMethods publickey,keyboard-interactive"]);
}

function knockWithKey({ port }: Sshd, user: string): Pty {
  const options = [`IdentityFile=${giveKey(user)}`, "NumberOfPasswordPrompts=1"];
  const command = sshCommand(port, { methods: "publickey,keyboard-interactive", options });
  return spawnPty([...command, `${user}@127.0.0.1`, PROOF]);
}

suite.test("sshd: key, password and second factor, each of them", async () => {
  duo.reset();
  playRecipe("Debian: /etc/pam.d/sshd", undefined, "sshd");
  await using _daemon = await startDaemon(duo);
  await using sshd = await startGuideSshd("no");
  await using screen = knockWithKey(sshd, "alice");
  await screen.waitFor("Password: ");
  screen.sendLine(passwordOf("alice"));
  await choose({ screen }, "1");
  await ring(duo, "alice");
  duo.approve("alice");
  await assertIn(screen, "alice");
});

suite.test(
  "sshd: with PermitRootLogin prohibit-password root's answers do not arrive, and no phone rings",
  async () => {
    duo.reset();
    playRecipe("Debian: /etc/pam.d/sshd, key and second factor", undefined, "sshd");
    await using _daemon = await startDaemon(duo);
    await using sshd = await startGuideSshd("prohibit-password");
    await using screen = knockWithKey(sshd, "root");
    await choose({ screen }, "1");
    // sshd handed PAM something else in its place, which is no option: the menu comes again.
    await screen.waitFor(MENU);
    assert.deepEqual(duo.pushes, []);
  },
);

suite.test("sshd: with PermitRootLogin yes root gets in by key and second factor", async () => {
  duo.reset();
  playRecipe("Debian: /etc/pam.d/sshd, key and second factor", undefined, "sshd");
  await using _daemon = await startDaemon(duo);
  await using sshd = await startGuideSshd("yes");
  await using screen = knockWithKey(sshd, "root");
  await choose({ screen }, "1");
  await ring(duo, "root");
  duo.approve("root");
  await assertIn(screen, "root");
});
