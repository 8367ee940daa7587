// `duogate enable` and `disable` on the private machine: Debian's own PAM files, the real libpam, sudo, and everything that can
// happen between the change and its confirmation. Whatever happens, the file ends confirmed or byte for byte as it was.

import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { moduleFolder } from "../../src/host/pam/module-file.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { type Pty, spawnPty } from "../support/pty.ts";
import { PtyText } from "../support/pty-text.ts";
import { repositoryFile } from "../support/repository.ts";
import { sandboxed } from "../support/sandbox.ts";
import { type SandboxDaemon, startDaemon } from "../support/sandbox-daemon.ts";
import { PROOF, sudoDoor, writeSudoers } from "../support/sandbox-doors.ts";
import { modulePath } from "../support/sandbox-pam.ts";
import { asUser } from "../support/sandbox-users.ts";

const suite = await sandboxed(import.meta.url, ["sudo", "logger", modulePath]);

const MAIN = repositoryFile("dist/src/main.js");
const CONFIG = "/run/duogate/duogate.conf";
const FILE = "/etc/pam.d/sudo";
const STATE = "/var/lib/duogate/enable";
const WAIT_MS = 40_000;
const CHANGED = "goes back by itself in";
const CONFIRM = "Type yes when it has worked, no to take it back: ";

let duo: Emulator;
let daemon: SandboxDaemon;
let original: Buffer;

suite.before(async () => {
  // The module where libpam looks for it, and a /var/lib to write in: both private to these mounts.
  const folder = moduleFolder();
  assert.ok(folder !== undefined);
  execFileSync("cp", ["-a", folder, "/run/private/security"]);
  copyFileSync(modulePath, "/run/private/security/pam_duogate.so");
  execFileSync("mount", ["--bind", "/run/private/security", folder]);
  execFileSync("mount", ["-t", "tmpfs", "-o", "mode=0755", "duogate-var", "/var/lib"]);
  mkdirSync("/var/lib/sudo", { mode: 0o700 });
  writeSudoers();
  original = readFileSync(FILE);
  duo = await startEmulator();
  daemon = await startDaemon(duo);
});
suite.after(async () => {
  await daemon[Symbol.asyncDispose]();
  await duo.close();
});

interface Run extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly text: PtyText;
  type(line: string): void;
  readonly exit: Promise<number | string>;
}

/** duogate with its standard input as a pipe, so that it can be killed by its number. */
function duogate(args: readonly string[]): Run {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: "/", stdio: ["pipe", "pipe", "pipe"] });
  const text = new PtyText(`duogate ${args.join(" ")}`, WAIT_MS);
  const [out, err] = [child.stdout, child.stderr];
  out.setEncoding("utf8").on("data", (chunk: string) => text.feed(chunk));
  err.setEncoding("utf8").on("data", (chunk: string) => text.feed(chunk));
  child.stdin.on("error", () => undefined);
  const exit = once(child, "close").then(([code, signal]) => {
    text.end("duogate ended");
    return (code ?? signal) as number | string;
  });
  return {
    child,
    text,
    type: (line) => void child.stdin.write(`${line}\n`),
    exit,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}

const WITHOUT_TEST = ["enable", "sudo", "--no-test", "--config", CONFIG];

/** Up to the question whether it has worked: the file is changed. */
async function changed(...more: readonly string[]): Promise<Run> {
  const run = duogate([...WITHOUT_TEST, ...more]);
  await run.text.waitFor("Go on with sudo? Type yes: ");
  run.type("yes");
  await run.text.waitFor(CHANGED);
  await run.text.waitFor(CONFIRM);
  assert.match(readFileSync(FILE, "utf8"), /\nauth {4}required {4}pam_duogate\.so\n/);
  return run;
}

function watcherOf({ child }: Run): number {
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ");
  const watcher = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("watch-child.js"));
  assert.ok(watcher !== undefined, "there is no watcher");
  return Number(watcher);
}

const LOGGED = /duogate: enable sudo: not confirmed\. \/etc\/pam\.d\/sudo is as it was\./u;

/** Nothing is left of the change. */
function assertAsBefore(): void {
  assert.deepEqual(readFileSync(FILE), original);
  assert.deepEqual(
    readdirSync("/etc/pam.d").filter((name) => name.includes("duogate")),
    [],
  );
  const left = readdirSync(STATE).filter((name) => !/^sudo\.(before|lock)$/.test(name));
  assert.deepEqual(left, []);
}

suite.test("as a person does it: two test logins, a yes, a login that needs the factor, and out again", async () => {
  duo.reset();
  duo.whenPushed("alice", "approve");
  const before = statSync(FILE, { bigint: true });
  const screen = spawnPty([process.execPath, MAIN, "enable", "sudo", "--user", "alice", "--config", CONFIG]);
  await screen.waitFor('+# duogate: enabled by "duogate enable sudo"; ');
  await screen.waitFor("+auth    required    pam_duogate.so");
  await screen.waitFor("Type yes: ");
  screen.sendLine("yes");
  await screen.waitFor("Nothing is changed yet.");
  await testLogin(screen);
  assert.deepEqual(readFileSync(FILE), original);
  await screen.waitFor("PAM lets this user in.");
  await screen.waitFor(CHANGED);
  await testLogin(screen);
  await screen.waitFor(CONFIRM);
  screen.sendLine("perhaps");
  await screen.waitFor(CONFIRM);
  screen.sendLine("yes");
  await screen.waitFor("sudo asks for a second factor from now on.");
  assert.equal((await screen.exit).code, 0);
  assert.doesNotMatch(screen.transcript, /alice-password/u);

  await using login = await sudoDoor.open("alice");
  await login.waitFor(/Passcode or option/u);
  login.sendLine("1");
  await login.waitFor(/^in as root$/mu);
  const after = statSync(FILE, { bigint: true });
  assert.deepEqual([after.mode, after.uid, after.gid], [before.mode, before.uid, before.gid]);

  await using again = duogate(WITHOUT_TEST);
  await again.text.waitFor(/already enabled; duogate disable sudo takes it out/u);
  assert.equal(await again.exit, 1);

  await using out = duogate(["disable", "sudo"]);
  await out.text.waitFor("Type yes: ");
  out.type("yes");
  assert.equal(await out.exit, 0);
  assertAsBefore();
});

async function testLogin(screen: Pty): Promise<void> {
  await screen.waitFor("Password: ");
  screen.sendLine("alice-password");
  await screen.waitFor(/Passcode or option .*: /u);
  screen.sendLine("1");
}

suite.test("a test login that is refused changes nothing", async () => {
  await using run = duogate(["enable", "sudo", "--user", "alice", "--yes", "--config", CONFIG]);
  await run.text.waitFor("Password: ");
  run.type("wrong-password");
  await run.text.waitFor("Nothing was changed.");
  assert.equal(await run.exit, 6);
  assertAsBefore();
});

suite.test("not confirmed in time: the file goes back by itself, times and all", async () => {
  const before = statSync(FILE, { bigint: true });
  await using run = await changed("--confirm-within", "1");
  await run.text.waitFor("Nobody confirmed it.");
  await run.text.waitFor("/etc/pam.d/sudo is as it was.");
  assert.equal(await run.exit, 7);
  await suite.log.waitFor(LOGGED);
  assertAsBefore();
  const after = statSync(FILE, { bigint: true });
  assert.deepEqual([after.mode, after.uid, after.mtimeNs], [before.mode, before.uid, before.mtimeNs]);
});

const ENDINGS: readonly (readonly [name: string, end: (run: Run) => void, exit: number | string])[] = [
  ["the answer no", (run) => run.type("no"), 7],
  ["the end of the input", ({ child }) => child.stdin?.end(), 7],
  ["Ctrl-C", ({ child }) => child.kill("SIGINT"), 7],
  ["SIGTERM", ({ child }) => child.kill("SIGTERM"), 7],
  ["a hang-up", ({ child }) => child.kill("SIGHUP"), 7],
  ["kill -9", ({ child }) => child.kill("SIGKILL"), "SIGKILL"],
];
for (const [name, end, exit] of ENDINGS) {
  suite.test(`${name} puts the file back`, async () => {
    await using run = await changed();
    end(run);
    await suite.log.waitFor(LOGGED);
    assert.equal(await run.exit, exit);
    assertAsBefore();
  });
}

suite.test("a terminal that is gone puts the file back", async () => {
  const screen = spawnPty([process.execPath, MAIN, ...WITHOUT_TEST]);
  await screen.waitFor("Type yes: ");
  screen.sendLine("yes");
  await screen.waitFor(CONFIRM);
  await screen[Symbol.asyncDispose]();
  await suite.log.waitFor(LOGGED);
  assertAsBefore();
});

suite.test("when the watcher is killed, the command itself puts the file back", async () => {
  await using run = await changed();
  process.kill(watcherOf(run), "SIGKILL");
  await run.text.waitFor("/etc/pam.d/sudo is as it was.");
  assert.equal(await run.exit, 7);
  assertAsBefore();
});

/** Both processes end at once, as by a loss of power. */
async function lostPower(): Promise<void> {
  const run = await changed();
  const watcher = watcherOf(run);
  process.kill(watcher, "SIGSTOP");
  run.child.kill("SIGKILL");
  await run.exit;
  process.kill(watcher, "SIGKILL");
  assert.notDeepEqual(readFileSync(FILE), original);
}

suite.test("when both are killed, the next command puts the file back first", async () => {
  await lostPower();
  await using next = duogate(["disable", "sudo", "--yes"]);
  await next.text.waitFor("An earlier change of sudo was never confirmed. /etc/pam.d/sudo is as it was.");
  assert.equal(await next.exit, 1);
  assertAsBefore();
});

suite.test(
  "enable-recover, at the start of a machine, puts back what nobody looks after, and nothing else",
  async () => {
    await lostPower();
    await using recover = duogate(["enable-recover"]);
    await recover.text.waitFor("An earlier change of sudo was never confirmed. /etc/pam.d/sudo is as it was.");
    assert.equal(await recover.exit, 0);
    assertAsBefore();
    await using underWay = await changed();
    await using busy = duogate(["enable-recover"]);
    await busy.text.waitFor("is under way");
    assert.equal(await busy.exit, 3);
    assert.notDeepEqual(readFileSync(FILE), original);
    underWay.type("no");
    assert.equal(await underWay.exit, 7);
  },
);

suite.test("one change of a service at a time", async () => {
  await using first = await changed();
  await using second = duogate([...WITHOUT_TEST, "--yes"]);
  await second.text.waitFor("another duogate enable or disable of sudo is under way");
  assert.equal(await second.exit, 3);
  first.type("yes");
  assert.equal(await first.exit, 0);
  await using out = duogate(["disable", "sudo", "--yes"]);
  assert.equal(await out.exit, 0);
  assertAsBefore();
});

suite.test("what somebody else wrote meanwhile stays, and duogate's lines go", async () => {
  await using run = await changed();
  writeFileSync(FILE, `${readFileSync(FILE, "utf8")}# by somebody else\n`);
  run.type("no");
  await run.text.waitFor("duogate's lines were taken out, the rest was left.");
  assert.equal(await run.exit, 7);
  assert.equal(readFileSync(FILE, "utf8"), `${original}# by somebody else\n`);
  writeFileSync(FILE, original);
});

suite.test("a line by hand is named and left; a stack that would be passed by is refused", async () => {
  writeFileSync(FILE, `${original}auth required pam_duogate.so\n`);
  await using out = duogate(["disable", "sudo", "--yes"]);
  await out.text.waitFor(/\/etc\/pam\.d\/sudo:\d+: auth required pam_duogate\.so/u);
  assert.equal(await out.exit, 1);
  writeFileSync(FILE, `auth sufficient pam_unix.so\n${original}`);
  await using passed = duogate([...WITHOUT_TEST, "--yes"]);
  await passed.text.waitFor("/etc/pam.d/sudo:1 lets users in past the module");
  assert.equal(await passed.exit, 1);
  writeFileSync(FILE, original);
  assertAsBefore();
});

suite.test("--dry-run shows and touches nothing, and anybody may ask", async () => {
  await using run = duogate(["enable", "sudo", "--dry-run", "--config", CONFIG]);
  await run.text.waitFor("+auth    required    pam_duogate.so");
  assert.equal(await run.exit, 0);
  assertAsBefore();
});

suite.test("su stays open to root, login and sshd are drafted behind the password", async () => {
  for (const [service, note] of [
    ["su", /note: root is not asked, as before: \/etc\/pam\.d\/su:\d+/u],
    ["sshd", /@include common-auth\n\+# duogate[\s\S]*note: WARNING: KbdInteractiveAuthentication is no/u],
    ["login", /@include common-auth\n\+# duogate/u],
  ] as const) {
    await using run = duogate(["enable", service, "--dry-run", "--config", CONFIG]);
    await run.text.waitFor(note);
    assert.equal(await run.exit, 0);
  }
});

suite.test("without a daemon, or with a configuration that is not valid, nothing is enabled", async () => {
  await daemon.kill("SIGTERM");
  await using lone = duogate([...WITHOUT_TEST, "--yes"]);
  await lone.text.waitFor("without a running daemon every login would be refused");
  assert.equal(await lone.exit, 3);
  writeFileSync("/run/duogate/broken.conf", "[duo]\n", { mode: 0o600 });
  await using broken = duogate(["enable", "sudo", "--yes", "--config", "/run/duogate/broken.conf"]);
  await broken.text.waitFor("not configured yet");
  assert.equal(await broken.exit, 1);
  assertAsBefore();
  await using login = spawnPty(asUser("alice", ["sudo", "sh", "-c", PROOF]));
  await login.waitFor(/password.*: $/iu);
  login.sendLine("alice-password");
  await login.waitFor(/^in as root$/mu);
});
