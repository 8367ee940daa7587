// User names that are legal for the kernel and awkward for everybody else. Each is either asked for by exactly that
// name or refused cleanly: never cut, never changed, never a hang.

import assert from "node:assert/strict";
import { appendFileSync, copyFileSync } from "node:fs";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { spawnPty } from "../support/pty.ts";
import { sandboxed } from "../support/sandbox.ts";
import { type SandboxDaemon, startDaemon } from "../support/sandbox-daemon.ts";
import { duogateAuth, modulePath, writeStack } from "../support/sandbox-pam.ts";
import { type Sshd, sshCommand, startSshd } from "../support/sandbox-sshd.ts";
import { asUser } from "../support/sandbox-users.ts";
import { askedNames, choose } from "./stage.ts";

const suite = await sandboxed(import.meta.url, ["/usr/sbin/sshd", "ssh", "su", modulePath]);

let duo: Emulator;
let daemon: SandboxDaemon;
let sshd: Sshd;

suite.before(async () => {
  copyFileSync("/etc/passwd", "/run/sandbox/passwd");
  writeStack("su", [duogateAuth()]);
  writeStack("sshd", [duogateAuth()]);
  duo = await startEmulator();
  daemon = await startDaemon(duo);
  sshd = await startSshd();
});
suite.after(async () => {
  await sshd[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  await duo.close();
});

/** Makes the name a login of the sandbox, and known to Duo. Latin-1 carries bytes that are not UTF-8. */
function makeUser(name: string, encoding: "utf8" | "latin1"): void {
  copyFileSync("/run/sandbox/passwd", "/etc/passwd");
  appendFileSync("/etc/passwd", `${name}:*:4000:4000::/:/bin/sh\n`, encoding);
  appendFileSync("/etc/shadow", `${name}:*:19000:0:99999:7:::\n`, encoding);
  duo.reset();
  duo.setUser(name, {
    status: "active",
    phones: [
      {
        device: "DPSTRANGE00000000001",
        number: "XXX-XXX-0100",
        display_name: "iOS (XXX-XXX-0100)",
        capabilities: ["push", "phone", "sms"],
        otp_codes: ["123456", "123457"],
      },
    ],
  });
}

type Row = readonly [what: string, name: string];

/** Names that both su and sshd's client take. */
const ASKED: readonly Row[] = [
  ["a space inside", "al ice"],
  ["UTF-8", "älïçe-Łukasz-愛"],
  ["a percent sign", "%s%n"],
  ["256 bytes", "a".repeat(256)],
];

/** Names that one of the programs refuses by itself, before PAM. */
const ASKED_BY_SU: readonly Row[] = [["shell characters", "$(reboot);`id`"]];

const REFUSED: readonly Row[] = [
  ["a control character", "ali\u0001ce"],
  ["an escape sequence", "ali\u001b[2Jce"],
  ["a right-to-left override", "ali\u202ece"],
  ["257 bytes", "a".repeat(257)],
  ["256 characters in 512 bytes", "é".repeat(256)],
];

for (const [what, name] of [...ASKED, ...ASKED_BY_SU]) {
  suite.test(`su, a name with ${what}: Duo is asked for exactly that name`, async () => {
    makeUser(name, "utf8");
    await using screen = spawnPty(asUser("bob", ["su", "-c", "echo in", "--", name]));
    await choose({ screen }, "123456");
    await screen.waitFor(/^in$/mu);
    assert.deepEqual(askedNames(duo), [name]);
    assert.equal((await daemon.decision())["verdict"], "allow");
  });
}

for (const [what, name] of ASKED) {
  suite.test(`sshd, a name with ${what}: Duo is asked for exactly that name`, async () => {
    makeUser(name, "utf8");
    // Not as the option User, in which OpenSSH 10 expands percent signs.
    await using screen = spawnPty([...sshCommand(sshd.port), "-l", name, "127.0.0.1", "echo in"]);
    await choose({ screen }, "123456");
    await screen.waitFor(/^in$/mu);
    assert.deepEqual(askedNames(duo), [name]);
  });
}

for (const [what, name] of REFUSED) {
  suite.test(`su, a name with ${what}: refused, and Duo is not asked`, async () => {
    makeUser(name, "utf8");
    await using screen = spawnPty(asUser("bob", ["su", "-c", "echo in", "--", name]));
    assert.notEqual((await screen.exit).code, 0);
    assert.doesNotMatch(screen.transcript, /^in$/mu);
    const own = suite.log.transcript.split("\n").filter((line) => line.includes("pam_duogate"));
    assert.deepEqual(
      own.filter((line) => /\p{Cc}|\u202e/u.test(line)),
      [],
    );
    assert.deepEqual(askedNames(duo), []);
  });
}

suite.test("su, a name that is not UTF-8: refused, and Duo is not asked", async () => {
  makeUser("al\xffice", "latin1");
  suite.log.skip();
  await using screen = spawnPty(asUser("bob", ["sh", "-c", 'exec su -c "echo in" -- "$(printf "al\\377ice")"']));
  assert.notEqual((await screen.exit).code, 0);
  assert.doesNotMatch(screen.transcript, /^in$/mu);
  await suite.log.waitFor(/pam_duogate\(su:auth\).*UTF-8/u);
  assert.deepEqual(askedNames(duo), []);
});

suite.test("a leading dash: su and ssh refuse it themselves and take it for no option", async () => {
  makeUser("-alice", "utf8");
  await using su = spawnPty(asUser("bob", ["su", "-c", "echo in", "--", "-alice"]));
  await su.waitFor("user -alice does not exist");
  await using ssh = spawnPty([...sshCommand(sshd.port), "-l", "-alice", "127.0.0.1", "echo in"]);
  await ssh.waitFor("remote username contains invalid characters");
  assert.deepEqual([(await su.exit).code, (await ssh.exit).code], [1, 255]);
  assert.deepEqual(askedNames(duo), []);
});
