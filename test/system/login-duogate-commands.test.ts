// login_duogate as sshd's ForceCommand before commands: each gets one push without a question, standard output is the command's
// own, and its status is passed on. scp, sftp, rsync, and DUO_PASSCODE.

import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { sandboxed } from "../support/sandbox.ts";
import { startDaemon } from "../support/sandbox-daemon.ts";
import { FORCED, installLogin, keyClient, loginPath, startKeySshd } from "../support/sandbox-login.ts";
import { runWithoutTerminal } from "../support/sandbox-run.ts";
import type { Sshd } from "../support/sandbox-sshd.ts";

const SFTP_SERVER = "/usr/lib/openssh/sftp-server";
const suite = await sandboxed(import.meta.url, [
  "/usr/sbin/sshd",
  "ssh",
  "scp",
  "sftp",
  "rsync",
  SFTP_SERVER,
  loginPath,
]);

const SOURCE = "/run/sandbox/letter";
const TARGET = "/run/home/alice/letter";
const HOST = "alice@127.0.0.1";

let duo: Emulator;
/** Its sftp subsystem is a program, as it must be for a ForceCommand to run it. */
let sshd: Sshd;

suite.before(async () => {
  installLogin();
  writeFileSync(SOURCE, "a letter\n");
  duo = await startEmulator();
  sshd = await startKeySshd([FORCED, "AcceptEnv DUO_PASSCODE", `Subsystem sftp ${SFTP_SERVER}`]);
});
suite.after(async () => {
  await sshd[Symbol.asyncDispose]();
  await duo.close();
});

/** Of a subsystem, which sftp and today's scp use, sshd passes no standard error on: the reason is lost there. */
const SUBSYSTEM_USERS = ["scp", "sftp"];

type Copy = readonly [name: string, argv: () => readonly string[], input: string];

const COPIES: readonly Copy[] = [
  ["scp", () => [...keyClient(sshd.port, "alice", "scp"), SOURCE, `${HOST}:${TARGET}`], ""],
  ["scp -O", () => [...keyClient(sshd.port, "alice", "scp"), "-O", SOURCE, `${HOST}:${TARGET}`], ""],
  ["sftp", () => [...keyClient(sshd.port, "alice", "sftp"), HOST], `put ${SOURCE} ${TARGET}\n`],
  ["rsync", () => ["rsync", "-e", keyClient(sshd.port, "alice").join(" "), SOURCE, `${HOST}:${TARGET}`], ""],
];

for (const [name, argv, input] of COPIES) {
  for (const answer of ["approve", "deny"] as const) {
    suite.test(`${name}: one push, ${answer}: ${answer === "approve" ? "copies" : "copies nothing"}`, async () => {
      duo.reset();
      duo.whenPushed("alice", answer);
      rmSync(TARGET, { force: true });
      await using daemon = await startDaemon(duo);
      const { code, output } = await runWithoutTerminal(argv(), input);
      assert.equal(duo.pushes.length, 1);
      if (answer === "approve") {
        assert.equal(code, 0, output);
        assert.equal(readFileSync(TARGET, "utf8"), "a letter\n");
      } else {
        assert.notEqual(code, 0);
        if (!SUBSYSTEM_USERS.includes(name)) assert.match(output, /Login request denied/u);
        assert.equal(existsSync(TARGET), false);
        assert.equal((await daemon.decision())["reason"], "factor-failed");
      }
    });
  }
}

function ssh(command: readonly string[], options: readonly string[] = []) {
  return runWithoutTerminal([...keyClient(sshd.port, "alice", "ssh", options), HOST, ...command]);
}

suite.test("a command's output comes alone, and its exit status is passed on", async () => {
  duo.reset();
  duo.whenPushed("alice", "approve");
  await using _daemon = await startDaemon(duo);
  assert.deepEqual(await ssh(['echo "$SSH_ORIGINAL_COMMAND" | wc -w; exit 7']), {
    code: 7,
    signal: null,
    output: "7\n",
  });
});

suite.test("a script on standard input, without a terminal or a command, reaches the shell whole", async () => {
  duo.reset();
  duo.whenPushed("alice", "approve");
  await using _daemon = await startDaemon(duo);
  const run = await runWithoutTerminal([...keyClient(sshd.port, "alice"), "-T", HOST], "echo one\necho two\nexit 4\n");
  assert.equal(run.code, 4);
  assert.match(run.output, /one\ntwo\n$/u);
});

suite.test("without a daemon, a command is refused with status 1", async () => {
  const { code, output } = await ssh(["echo", "in"]);
  assert.deepEqual([code, output], [1, "duogate is not running; access denied. Ask your administrator.\n"]);
});

// The client sends what its environment has; the factor comes instead of the push.
function withPasscode(value: string, command: string) {
  const options = ["SendEnv=DUO_PASSCODE"];
  const client = keyClient(sshd.port, "alice", "ssh", options);
  return runWithoutTerminal(["env", `DUO_PASSCODE=${value}`, ...client, HOST, command]);
}

suite.test("DUO_PASSCODE is the factor where accept_env_factor = yes, and the command does not see it", async () => {
  duo.reset();
  await using daemon = await startDaemon(duo, { duoLines: ["accept_env_factor = yes"] });
  const { code, output } = await withPasscode("100001", 'test -z "$DUO_PASSCODE" && echo in unset');
  assert.deepEqual([code, output], [0, "in unset\n"]);
  const decision = await daemon.decision();
  assert.deepEqual([decision["factor"], decision["verdict"]], ["passcode", "allow"]);
  assert.doesNotMatch(JSON.stringify(decision), /100001/u);
  assert.equal(duo.pushes.length, 0);
});

suite.test("a wrong DUO_PASSCODE is refused, and rings nobody", async () => {
  duo.reset();
  await using _daemon = await startDaemon(duo, { duoLines: ["accept_env_factor = yes"] });
  const { code, output } = await withPasscode("999999", "echo in");
  assert.equal(code, 1);
  assert.match(output, /Incorrect passcode/u);
  assert.equal(duo.pushes.length, 0);
});

suite.test("DUO_PASSCODE is removed and not used where accept_env_factor is off", async () => {
  duo.reset();
  duo.whenPushed("alice", "approve");
  await using daemon = await startDaemon(duo);
  const { output } = await withPasscode("100001", 'test -z "$DUO_PASSCODE" && echo in unset');
  assert.equal(output, "in unset\n");
  assert.equal((await daemon.decision())["factor"], "push");
  assert.equal(duo.pushes.length, 1);
});

// What the manual page says of internal-sftp: a ForceCommand gets its name as a command, which no shell has.
suite.test("sshd's internal-sftp does not work behind a ForceCommand, and does not get round it either", async () => {
  duo.reset();
  duo.whenPushed("alice", "approve");
  rmSync(TARGET, { force: true });
  await using _daemon = await startDaemon(duo);
  await using internal = await startKeySshd([FORCED]);
  const argv = [...keyClient(internal.port, "alice", "sftp"), HOST];
  const { code, output } = await runWithoutTerminal(argv, `put ${SOURCE} ${TARGET}\n`);
  assert.notEqual(code, 0, output);
  assert.equal(existsSync(TARGET), false);
  assert.equal(duo.pushes.length, 1);
});
