// Prompts that sudo shows instead of ours: -p, as ansible, Fabric and pyinfra use it, SUDO_PROMPT, and sudoers. The menu and the
// code of a verified push are on the screen all the same, before anything is answered.

import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { READING_MS } from "../../src/login/unread.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { AWAITED } from "../support/awaited-prompts.ts";
import { spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { startDaemon } from "../support/sandbox-daemon.ts";
import { PROOF, writeLoginStacks, writeSudoers } from "../support/sandbox-doors.ts";
import { modulePath } from "../support/sandbox-pam.ts";
import { runWithoutTerminal } from "../support/sandbox-run.ts";
import { asUser, passwordOf } from "../support/sandbox-users.ts";
import { ring } from "./stage.ts";

const suite = await sandboxed(import.meta.url, ["sudo", "su", modulePath]);

let duo: Emulator;

suite.before(async () => {
  writeLoginStacks();
  duo = await startEmulator();
});
suite.after(() => duo.close());

const OWN = "become> ";
const OURS = "Passcode or option (1-3): ";
const LINES = [
  "Duo two-factor login for alice",
  "",
  "Enter a passcode or select one of the following options:",
  "",
  " 1. Duo Push to XXX-XXX-0100 [Enter]",
  " 2. Phone call to XXX-XXX-0100",
  " 3. SMS passcodes to XXX-XXX-0100 (next code starts with: 1)",
  "",
].join("\n");

interface Way {
  readonly name: string;
  /** What stands before `sh`. */
  readonly sudo: readonly string[];
  readonly sudoers?: readonly string[];
  /** What sudo asks for the password with, and for the factor. */
  readonly asks: readonly [password: string, factor: string];
}

const USUAL = "[sudo] password for alice: ";
// Seen with sudo 1.9: -p and passprompt_override replace every prompt of PAM, the others only one that asks for a password.
const WAYS: readonly Way[] = [
  { name: "without a prompt of its own", sudo: ["sudo"], asks: [USUAL, OURS] },
  { name: "with -p", sudo: ["sudo", "-p", OWN], asks: [OWN, OWN] },
  { name: "with -p and -S", sudo: ["sudo", "-S", "-p", OWN], asks: [OWN, OWN] },
  { name: "with SUDO_PROMPT", sudo: ["env", `SUDO_PROMPT=${OWN}`, "sudo"], asks: [OWN, OURS] },
  { name: "with passprompt", sudo: ["sudo"], sudoers: [`Defaults passprompt="${OWN}"`], asks: [OWN, OURS] },
  {
    name: "with passprompt_override",
    sudo: ["sudo"],
    sudoers: [`Defaults passprompt="${OWN}", passprompt_override`],
    asks: [OWN, OWN],
  },
];

for (const { name, sudo, sudoers = [], asks } of WAYS) {
  const open = () => spawnPty(asUser("alice", [...sudo, "sh", "-c", PROOF]));

  suite.test(`sudo ${name}: the menu is on the screen once, above the question`, async () => {
    duo.reset();
    writeSudoers(sudoers);
    await using _daemon = await startDaemon(duo);
    await using screen = open();
    await screen.waitFor(asks[0]);
    screen.sendLine(passwordOf("alice"));
    await screen.waitFor(`${LINES}\n${asks[1]}`);
    screen.sendLine("1");
    await ring(duo, "alice");
    duo.approve("alice");
    await screen.waitFor(/^in as root$/mu);
    assert.equal(screen.transcript.split("Duo two-factor login").length, 2);
    assert.equal((await screen.exit).code, 0);
  });

  suite.test(`sudo ${name}: the code of a verified push is on the screen while the push is out`, async () => {
    duo.reset();
    duo.setPolicy({ verifiedPushDigits: 6 });
    writeSudoers(sudoers);
    await using _daemon = await startDaemon(duo);
    await using screen = open();
    await screen.waitFor(asks[0]);
    screen.sendLine(passwordOf("alice"));
    await screen.waitFor(`${LINES}\n${asks[1]}`);
    screen.sendLine("1");
    await ring(duo, "alice");
    const [, code] = await screen.waitFor(/enter the code (\d{6}) in Duo Mobile\.\n/u);
    await screen.waitFor(asks[1] === OURS ? "Then press Enter here: " : OWN);
    duo.approve("alice", code);
    screen.sendLine("");
    await screen.waitFor(/^in as root$/mu);
  });

  suite.test(
    `sudo ${name}, autopush: the code of a verified push is on the screen before the push is out`,
    async () => {
      duo.reset();
      duo.setPolicy({ verifiedPushDigits: 6 });
      writeSudoers(sudoers);
      await using _daemon = await startDaemon(duo, { duoLines: ["autopush = yes"] });
      await using screen = open();
      await screen.waitFor(asks[0]);
      screen.sendLine(passwordOf("alice"));
      const [, code] = await screen.waitFor(/the code for Duo Mobile is (\d{6})\.\n/u);
      await screen.waitFor(asks[1] === OURS ? "then enter the code there: " : OWN);
      assert.equal(duo.pushes.length, 0);
      // A person reads the code first; what is faster counts for none.
      await setTimeout(READING_MS);
      screen.sendLine("");
      await ring(duo, "alice");
      duo.approve("alice", code);
      await screen.waitFor(/^in as root$/mu);
    },
  );
}

suite.test("sudo -p: a second login while a push is out says so", async () => {
  duo.reset();
  writeSudoers();
  await using _daemon = await startDaemon(duo);
  const open = () => spawnPty(asUser("alice", ["sudo", "-p", OWN, "sh", "-c", PROOF]));
  await using first = open();
  await using second = open();
  for (const screen of [first, second]) {
    await screen.waitFor(OWN);
    screen.sendLine(passwordOf("alice"));
    await screen.waitFor(`${LINES}\n${OWN}`);
  }
  first.sendLine("1");
  await ring(duo, "alice");
  second.sendLine("1");
  await second.waitFor(/Another login of yours [\s\S]*\nbecome> $/u);
  second.sendLine("100001");
  await second.waitFor(/^in as root$/mu);
});

suite.test("what sudo shows is what scripts for Duo Unix wait for, in one text", async () => {
  duo.reset();
  writeSudoers();
  await using _daemon = await startDaemon(duo);
  await using screen = spawnPty(asUser("alice", ["sudo", "sh", "-c", PROOF]));
  await screen.waitFor(USUAL);
  screen.sendLine(passwordOf("alice"));
  await screen.waitFor(OURS);
  for (const pattern of AWAITED) assert.match(screen.transcript, pattern);
});

suite.test(
  "with its output in a file, sudo shows the menu on the terminal, and su keeps it out of the file",
  async () => {
    duo.reset();
    writeSudoers();
    await using _daemon = await startDaemon(duo);
    const file = "/run/home/alice/output";
    for (const [ask, command] of [
      [USUAL, `sudo sh -c '${PROOF}'`],
      ["Password: ", `su bob -c '${PROOF}'`],
    ] as const) {
      await using screen = spawnPty(asUser("alice", ["sh", "-c", `${command} > ${file}; echo file: $(cat ${file})`]));
      await screen.waitFor(ask);
      screen.sendLine(passwordOf(ask === USUAL ? "alice" : "bob"));
      await screen.waitFor(/1\. Duo Push to [\s\S]*Passcode or option \(1-\d\): $/u);
      screen.sendLine(ask === USUAL ? "100001" : "300001");
      const [, written = ""] = await screen.waitFor(/^file: (.*in as (?:root|bob))$/mu);
      // su's own way with messages: they are output.
      assert.equal(written, ask === USUAL ? "in as root" : "Success. Logging you in... in as bob");
    }
  },
);

suite.test(
  "sudo -S -p without a terminal: the code of a verified push is in what it wrote before the push is out",
  async () => {
    duo.reset();
    duo.setPolicy({ verifiedPushDigits: 6 });
    writeSudoers();
    await using _daemon = await startDaemon(duo, { duoLines: ["autopush = yes"] });
    const argv = asUser("alice", ["sudo", "-S", "-p", OWN, "sh", "-c", PROOF]);
    const { output } = await runWithoutTerminal(argv, `${passwordOf("alice")}\n`);
    assert.match(output, /the code for Duo Mobile is \d{6}\.\n/u);
    assert.equal(duo.pushes.length, 0);
  },
);
