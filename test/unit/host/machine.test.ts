// The small readers of src/host/: sudo's own words, systemd's units, SELinux and AppArmor, an account and what it may read,
// and programs that are run to ask them.

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { err, ok } from "../../../src/core/result.ts";
import { accessControl } from "../../../src/host/access-control.ts";
import { accountNamed, unreadablePart } from "../../../src/host/account.ts";
import { loginTimeoutMs, parseLoginTimeout } from "../../../src/host/login-defs.ts";
import { looseFile } from "../../../src/host/loose-file.ts";
import { programRunner, type RunProgram, runProgram } from "../../../src/host/program.ts";
import { parseSudoVersion, sudoSettings } from "../../../src/host/sudo.ts";
import { parseUnits, unitStates } from "../../../src/host/units.ts";

const root = mkdtempSync(join(tmpdir(), "duogate-host-"));
after(() => rmSync(root, { recursive: true }));

function put(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const SUDO = `Sudo version 1.9.13p3
Authentication methods: 'pam'
Require users to authenticate by default
Authentication timestamp timeout: 15.0 minutes
PAM service name to use: sudo
PAM service name to use for login shells: sudo-i
Type of authentication timestamp record: tty
`;
describe("sudo", () => {
  it("tells its defaults to root", () => {
    assert.deepEqual(parseSudoVersion(SUDO), {
      usesPam: true,
      pamService: "sudo",
      pamLoginService: "sudo-i",
      pamAskpassService: undefined,
      builtInLoginService: "sudo",
      target: "root",
      timestampMinutes: 15,
      timestampType: "tty",
      authenticates: true,
    });
    assert.equal(parseSudoVersion(SUDO.replace(/Require.*\n/, ""))?.authenticates, false);
    assert.equal(parseSudoVersion(SUDO.replace("15.0", "-1.0"))?.timestampMinutes, -1);
    assert.equal(parseSudoVersion("sudo-rs 0.2.5\n"), undefined);
  });

  it("is asked through both programs, and does without the second", async () => {
    const run: RunProgram = async (path) =>
      path === "sudo" ? ok({ code: 0, stdout: SUDO, stderr: "" }) : err({ code: "absent" });
    const settings = await sudoSettings(run);
    assert.deepEqual(
      [settings.ok && settings.value.timestampMinutes, settings.ok && settings.value.rules],
      [15, undefined],
    );
    assert.deepEqual(await sudoSettings(async () => err({ code: "absent" })), err({ code: "absent" }));
    assert.deepEqual(
      await sudoSettings(async () => ok({ code: 0, stdout: "Sudo version 1.9\n", stderr: "" })),
      err({ code: "no-details" }),
    );
  });
});

describe("systemd's units", () => {
  const SHOWN =
    "Id=duogated.service\nLoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nResult=success\nNRestarts=3\nNeedDaemonReload=yes\n\nId=duogated.socket\nLoadState=not-found\nActiveState=inactive\nSubState=dead\nResult=success\n";

  it("are one block of lines each", () => {
    const [service, socket] = parseUnits(SHOWN);
    assert.deepEqual(service, {
      name: "duogated.service",
      load: "loaded",
      active: "active",
      sub: "running",
      file: "enabled",
      result: "success",
      restarts: 3,
      needsReload: true,
    });
    assert.deepEqual([socket?.load, socket?.restarts, socket?.needsReload], ["not-found", 0, false]);
  });

  it("are not there without systemd", async () => {
    assert.deepEqual(await unitStates(runProgram, join(root, "no-systemd")), err({ code: "no-systemd" }));
    const refusing: RunProgram = async () => ok({ code: 1, stdout: "", stderr: "no bus\n" });
    assert.deepEqual(await unitStates(refusing, root), err({ code: "refused", detail: "no bus" }));
  });
});

it("SELinux and AppArmor are what the kernel shows", () => {
  assert.deepEqual(accessControl(root), { selinux: "absent", apparmor: undefined });
  put("sys/fs/selinux/enforce", "1");
  put("sys/kernel/security/apparmor/profiles", "/usr/sbin/sshd (enforce)\nsnap.x (complain)\nodd line\n");
  assert.deepEqual(accessControl(root), {
    selinux: "enforcing",
    apparmor: [
      { profile: "/usr/sbin/sshd", mode: "enforce" },
      { profile: "snap.x", mode: "complain" },
    ],
  });
  put("sys/fs/selinux/enforce", "0\n");
  assert.equal(accessControl(root).selinux, "permissive");
});

it("login.defs says how long login waits", () => {
  assert.deepEqual([parseLoginTimeout(""), parseLoginTimeout("#LOGIN_TIMEOUT 10\nLOGIN_TIMEOUT\t\t90\n")], [60, 90]);
  assert.equal(loginTimeoutMs(root), 60_000);
  put("etc/login.defs", "LOGIN_TIMEOUT 0\n");
  assert.equal(loginTimeoutMs(root), 0);
});

it("a file is loose when it, or its folder, can be changed by others", () => {
  const own = process.getuid?.() ?? 0;
  const file = put("loose/file", "x");
  chmodSync(join(file, ".."), 0o755);
  chmodSync(file, 0o644);
  assert.equal(looseFile(file, own), undefined);
  chmodSync(file, 0o664);
  assert.deepEqual(looseFile(file, own), { path: file, uid: own, mode: 0o664 });
  chmodSync(file, 0o644);
  chmodSync(join(file, ".."), 0o757);
  assert.equal(looseFile(file, own)?.path, join(root, "loose"));
  assert.equal(looseFile(join(root, "loose/missing"), own), undefined);
});

describe("an account", () => {
  const said = (stdout: string) => ok({ code: 0, stdout, stderr: "" });

  it("comes from the name service", async () => {
    const run: RunProgram = async (path) =>
      said(path === "id" ? "998 27\n" : "duogate:x:999:998::/:/usr/sbin/nologin\n");
    assert.deepEqual(await accountNamed(run, "duogate"), { name: "duogate", uid: 999, gids: [998, 27] });
    assert.equal(await accountNamed(async () => ok({ code: 2, stdout: "", stderr: "" }), "duogate"), undefined);
  });

  it("reads what modes let it, and what stops it is named", () => {
    const nobody = { name: "x", uid: 4_000_000, gids: [4_000_000] };
    const file = put("certificates/ca.pem", "x");
    chmodSync(root, 0o755);
    assert.equal(unreadablePart(file, nobody), undefined);
    chmodSync(file, 0o640);
    assert.equal(unreadablePart(file, nobody), file);
    assert.equal(unreadablePart(file, { ...nobody, gids: [process.getgid?.() ?? 0] }), undefined);
    assert.equal(unreadablePart(file, { ...nobody, uid: process.getuid?.() ?? 0 }), undefined);
    chmodSync(file, 0o644);
    chmodSync(join(file, ".."), 0o700);
    assert.equal(unreadablePart(file, nobody), join(root, "certificates"));
    assert.equal(unreadablePart(join(root, "missing"), nobody), join(root, "missing"));
  });
});

describe("a program that is asked", () => {
  it("has neither the caller's environment nor its standard input", async () => {
    const said = await runProgram("sh", ["-c", 'echo "$HOME|$LC_ALL|$PATH"; cat; exit 3']);
    assert.deepEqual(said, ok({ code: 3, stdout: "|C|/usr/sbin:/usr/bin:/sbin:/bin\n", stderr: "" }));
  });

  it("may be absent, or forbidden", async () => {
    assert.deepEqual(await runProgram("/nowhere/program", []), err({ code: "absent" }));
    assert.deepEqual(await runProgram(put("not-executable", "x"), []), err({ code: "forbidden" }));
  });

  it("has its time and its bytes, whatever it does about a signal", async () => {
    const brief = programRunner(300);
    const stubborn = await brief("sh", ["-c", "trap '' TERM; while :; do sleep 0.05; done"]);
    assert.deepEqual(stubborn, err({ code: "timeout" }));
    const endless = await runProgram("sh", [
      "-c",
      "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done",
    ]);
    assert.equal(endless.ok || endless.error.code, "failed");
  });

  it("that a signal ended has failed", async () => {
    const said = await runProgram("sh", ["-c", "kill -9 $$"]);
    assert.equal(said.ok || said.error.code, "failed");
  });
});
