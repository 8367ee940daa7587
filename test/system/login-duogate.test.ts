// login_duogate as sshd's ForceCommand, with a person at the terminal: the menu, a push, passcodes, refusals, and a daemon that
// is not there or dies.

import assert from "node:assert/strict";
import { chmodSync, copyFileSync } from "node:fs";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { type Pty, spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { startDaemon } from "../support/sandbox-daemon.ts";
import { FORCED, INSTALLED, installLogin, keyClient, loginPath, startKeySshd } from "../support/sandbox-login.ts";
import { runWithoutTerminal } from "../support/sandbox-run.ts";
import type { Sshd } from "../support/sandbox-sshd.ts";
import { asUser } from "../support/sandbox-users.ts";
import { askedNames, choose, MENU, ring } from "./stage.ts";

const suite = await sandboxed(import.meta.url, ["/usr/sbin/sshd", "ssh", loginPath]);

let duo: Emulator;
let sshd: Sshd;

suite.before(async () => {
  installLogin();
  duo = await startEmulator();
  sshd = await startKeySshd([`${FORCED} -m`]);
});
suite.after(async () => {
  await sshd[Symbol.asyncDispose]();
  await duo.close();
});

function login(user = "alice", options: readonly string[] = []): Pty {
  return spawnPty([...keyClient(sshd.port, user), ...options, `${user}@127.0.0.1`]);
}

/** Proves that a shell took over, ends it with a status, and expects that status. */
async function useShell(screen: Pty, user = "alice"): Promise<void> {
  await screen.waitFor(/\$ $/u);
  screen.sendLine('echo "in as $(id -un) by $0"; exit 5');
  await screen.waitFor(`in as ${user} by -sh\n`);
  assert.equal((await screen.exit).code, 5);
}

suite.test("a push from the menu, then the message of the day and a login shell", async () => {
  duo.reset();
  await using daemon = await startDaemon(duo);
  await using screen = login();
  await screen.waitFor("Duo two-factor login for alice");
  await choose({ screen }, "1");
  const push = await duo.nextPush("alice", { signal: AbortSignal.timeout(10_000) });
  assert.equal(push.ipaddr, undefined, "an address that the user's process told is not passed on");
  await screen.waitFor("Pushed a login request to your device...");
  duo.approve("alice");
  await useShell(screen);
  const { verdict, service, rhost, rhost_trusted: trusted, user } = await daemon.decision();
  assert.deepEqual([verdict, service, rhost, trusted, user], ["allow", "login_duogate", "127.0.0.1", false, "alice"]);
});

suite.test("trust_login_address = yes tells Duo the address", async () => {
  duo.reset();
  await using _daemon = await startDaemon(duo, { gatewayLines: ["trust_login_address = yes"] });
  await using screen = login();
  await choose({ screen }, "1");
  const push = await duo.nextPush("alice", { signal: AbortSignal.timeout(10_000) });
  assert.equal(push.ipaddr, "127.0.0.1");
  duo.approve("alice");
  await useShell(screen);
});

suite.test("a wrong passcode, then a right one", async () => {
  duo.reset();
  await using _daemon = await startDaemon(duo);
  await using screen = login();
  await choose({ screen }, "999999");
  await screen.waitFor("Incorrect passcode. Please try again.");
  await choose({ screen }, "100001");
  await useShell(screen);
});

const DENIED: readonly (readonly [string, string, RegExp])[] = [
  ["a user who is not enrolled", "dave", /Enroll an authentication device/u],
  ["a locked-out user", "frank", /locked out/u],
];
for (const [name, user, words] of DENIED) {
  suite.test(`${name} is told so, and gets no shell`, async () => {
    duo.reset();
    await using daemon = await startDaemon(duo);
    await using screen = login(user);
    await screen.waitFor(words);
    assert.equal((await screen.exit).code, 1);
    assert.equal((await daemon.decision())["verdict"], "deny");
  });
}

suite.test("a denied push, three times, ends with status 1 and no shell", async () => {
  duo.reset();
  duo.whenPushed("alice", "deny");
  await using daemon = await startDaemon(duo);
  await using screen = login();
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await choose({ screen }, "1");
    await ring(duo, "alice");
  }
  await screen.waitFor("Too many attempts.");
  assert.equal((await screen.exit).code, 1);
  assert.equal((await daemon.decision())["reason"], "prompts-used-up");
});

suite.test("Ctrl-D and Ctrl-C at the menu end the login; nobody's phone rings", async () => {
  duo.reset();
  await using daemon = await startDaemon(duo);
  for (const key of ["\u0004", "\u0003"]) {
    await using screen = login();
    await screen.waitFor(MENU);
    screen.send(key);
    assert.notEqual((await screen.exit).code, 0);
    assert.equal((await daemon.decision())["verdict"], "aborted");
  }
  assert.equal(duo.pushes.length, 0);
});

suite.test("without a daemon nobody gets in, whatever failmode says", async () => {
  await using screen = login();
  await screen.waitFor("duogate is not running; access denied.");
  assert.equal((await screen.exit).code, 1);
});

suite.test("a daemon that is killed while the push is out lets nobody in", async () => {
  duo.reset();
  await using daemon = await startDaemon(duo, { failmode: "safe" });
  await using screen = login();
  await choose({ screen }, "1");
  await ring(duo, "alice");
  await daemon.kill("SIGKILL");
  await screen.waitFor("duogate stopped during the login; access denied.");
  assert.equal((await screen.exit).code, 1);
});

suite.test("failmode = safe is the daemon's: it lets in while Duo is away", async () => {
  duo.reset();
  duo.fault("preauth", { kind: "status", status: 503 });
  await using daemon = await startDaemon(duo, { failmode: "safe" });
  await using screen = login();
  await useShell(screen);
  assert.equal((await daemon.decision())["reason"], "failmode-safe");
});

suite.test("a copy that is setuid or setgid refuses before it speaks to the daemon", async () => {
  duo.reset();
  await using _daemon = await startDaemon(duo);
  for (const mode of [0o4755, 0o2755]) {
    const copy = `/run/sandbox/bin/setid-${mode.toString(8)}`;
    copyFileSync(INSTALLED, copy);
    chmodSync(copy, mode);
    const { code, output } = await runWithoutTerminal(asUser("alice", [copy, "echo", "in"]));
    assert.equal(code, 1);
    assert.match(output, /must have no rights of its own; run as root: chmod ug-s/u);
    assert.doesNotMatch(output, /^in$/mu);
  }
  assert.deepEqual(askedNames(duo), []);
});

// What the manual page warns of: forwarding starts no program, so that nothing asks.
suite.test("forwarding needs no second factor, unless sshd forbids it", async () => {
  duo.reset();
  await using _daemon = await startDaemon(duo);
  await using closed = await startKeySshd([FORCED, "DisableForwarding yes"]);
  const through = (port: number) => [...keyClient(port, "alice"), "-W", `127.0.0.1:${closed.port}`, "alice@127.0.0.1"];
  const open = await runWithoutTerminal(through(sshd.port));
  assert.match(open.output, /^SSH-2.0-OpenSSH/u);
  const forbidden = await runWithoutTerminal(through(closed.port));
  assert.doesNotMatch(forbidden.output, /SSH-2.0/u);
  assert.deepEqual(askedNames(duo), []);
});
