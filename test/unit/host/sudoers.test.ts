// sudo's rules as the real cvtsudoers tells them, and what they come to for one user.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { ok } from "../../../src/core/result.ts";
import { type RunProgram, runProgram } from "../../../src/host/program.ts";
import { otherSources, type SudoSettings, sudoSettings } from "../../../src/host/sudo.ts";
import { serviceFor, sudoServices, valueFor, whereText } from "../../../src/host/sudo-ways.ts";
import { defaultText, parseSudoRules } from "../../../src/host/sudoers.ts";

const folder = mkdtempSync(join(tmpdir(), "duogate-sudoers-"));
after(() => rmSync(folder, { recursive: true }));

const present = await runProgram("cvtsudoers", ["-V"]);
const skip = present.ok ? false : "cvtsudoers is not installed";
const SUDO =
  "Sudo version 1.9.13p3\nConfigure options: --with-pam --with-pam-login\nSudoers path: FILE\nAuthentication methods: 'pam'\nRequire users to authenticate by default\nAuthentication timestamp timeout: 5.0 minutes\n";

/** As sudoSettings reads a machine whose sudoers is this: sudo -V's own words are given, cvtsudoers and visudo are real. */
async function settings(lines: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<SudoSettings> {
  const file = join(folder, "sudoers");
  for (const [name, text] of Object.entries(more)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text, { mode: 0o440 });
  }
  writeFileSync(file, `${lines.join("\n")}\n`);
  const run: RunProgram = async (path, args) =>
    path === "sudo"
      ? ok({ code: 0, stdout: SUDO.replace("FILE", `/no/such/file:${file}`), stderr: "" })
      : runProgram(path, args);
  const found = await sudoSettings(run, "/dev/null");
  assert.ok(found.ok);
  return found.value;
}

const ALICE = { name: "alice", uid: 1000, gid: 1000, groups: ["alice", "staff"] };
const BOB = { name: "bob", uid: 1001, gid: 1001, groups: ["bob", "wheel"] };

describe("sudoers", { skip }, () => {
  it("has every service that a rule names, with the rule", async () => {
    const found = await settings(
      [
        "Defaults pam_askpass_service=sudo-askpass",
        "Defaults:alice pam_service=sudo-plain",
        "Defaults@web1 pam_login_service=sudo-web",
        "Defaults>postgres pam_service=sudo-db",
        "Defaults!/usr/bin/id,!/bin/ls pam_service=sudo-id",
        `@includedir ${join(folder, "more.d")}`,
        "root ALL=(ALL) ALL",
      ],
      {
        "more.d/10-own":
          "Cmnd_Alias LOGS = /bin/journalctl\nUser_Alias OPS = carol, %ops\nDefaults!LOGS pam_service=sudo-logs\nDefaults:OPS rootpw\n",
      },
    );
    assert.deepEqual(
      sudoServices(found).map((one) => `${one.service}: ${whereText(one)}`),
      [
        "sudo: sudo",
        "sudo-plain: sudo for alice",
        "sudo-db: sudo as postgres (sudo -u)",
        "sudo-id: sudo for the command /usr/bin/id, !/bin/ls",
        "sudo-logs: sudo for the command /bin/journalctl",
        "sudo-i: sudo -i",
        "sudo-web: sudo -i on the host web1",
        "sudo-askpass: sudo -A",
      ],
    );
    assert.equal(found.mistakes, undefined);
    const texts = found.rules?.defaults.map(defaultText);
    assert.ok(texts?.includes("Defaults:carol, %ops rootpw"), texts?.join("\n"));
    assert.ok(texts?.includes("Defaults>postgres pam_service=sudo-db"));
  });

  it("takes for a user the last line that matches, and commands' lines at the end", async () => {
    const found = await settings([
      "Defaults!ALL pam_askpass_service=sudo-last",
      "Defaults:ALL,!%wheel pam_service=sudo-a",
      "Defaults:#1001 pam_login_service=sudo-b",
      "Defaults:alice pam_login_service=sudo-c",
      "Defaults pam_login_service=sudo-d",
      "Defaults pam_askpass_service=sudo-first",
      "Defaults:+admins pam_login_service=sudo-e",
      "Defaults targetpw",
      "Defaults:alice !targetpw",
      "root ALL=(ALL) ALL",
    ]);
    const of = (user: typeof ALICE) => [
      serviceFor(found, "pam_service", user).value,
      serviceFor(found, "pam_login_service", user).value,
      serviceFor(found, "pam_askpass_service", user).value,
      valueFor(found, "targetpw", user).value,
    ];
    assert.deepEqual(of(ALICE), ["sudo-a", "sudo-d", "sudo-last", undefined]);
    assert.deepEqual(of(BOB), ["sudo", "sudo-d", "sudo-last", true]);
    const { sometimes } = serviceFor(found, "pam_login_service", ALICE);
    assert.deepEqual(sometimes.map(defaultText), ["Defaults:+admins pam_login_service=sudo-e"]);
  });

  it("knows which lines for hosts and targets hold here", async () => {
    const machine = { hostname: "web1.example.com", addresses: ["10.1.2.3", "127.0.0.1"] };
    const rows: readonly (readonly [line: string, value: string | undefined])[] = [
      ["Defaults@WEB1 pam_service=x", "x"],
      ["Defaults@web1.example.com pam_service=x", "x"],
      ["Defaults@web* pam_service=x", "x"],
      ["Defaults@web*,!web1 pam_service=x", "sudo"],
      ["Defaults@db1 pam_service=x", "sudo"],
      ["Defaults@10.0.0.0/8 pam_service=x", "x"],
      ["Defaults@192.0.2.0/24 pam_service=x", undefined],
      ["Defaults@+hosts pam_service=x", undefined],
      ["Defaults>root pam_service=x", "x"],
      ["Defaults>postgres pam_service=x", undefined],
      ["Defaults!/bin/ls pam_service=x", undefined],
    ];
    for (const [line, value] of rows) {
      const { value: found, sometimes } = serviceFor(await settings([line, "root ALL=(ALL) ALL"]), "pam_service", {
        ...ALICE,
        machine,
      });
      // What may hold is told as such, and the plain service stays.
      assert.deepEqual([found, sometimes.length], value === undefined ? ["sudo", 1] : [value, 0], line);
    }
  });

  it("names who needs no password, and keeps what a `!` says", async () => {
    const found = await settings([
      "%wheel, !carol, +admins ALL=(ALL) NOPASSWD: ALL, PASSWD: /bin/cat",
      "bob ALL=(root) NOPASSWD: /bin/id",
    ]);
    assert.deepEqual(
      found.rules?.withoutPassword.map(({ who, commands }) => `${who}: ${commands}`),
      ["%wheel, !carol, +admins: ALL", "bob: /bin/id"],
    );
  });

  it("that is broken is told in visudo's words, also where cvtsudoers goes on", async () => {
    for (const line of ["alice ALL=(ALL ALL", "Defaults nosuchoption"]) {
      const found = await settings(["Defaults:alice pam_service=x", line, "root ALL=(ALL) ALL"]);
      assert.match(found.mistakes ?? "", /sudoers:2:\d+: (syntax error|unknown defaults entry)/, line);
    }
  });

  it("follows aliases within aliases, negated ones, and takes one that nobody defines as a name", async () => {
    const found = await settings([
      "User_Alias OPS = carol, %ops",
      "User_Alias STAFF = OPS, !dave, alice",
      "Cmnd_Alias LOGS = /bin/journalctl",
      "Host_Alias OPS = db1",
      "Runas_Alias DBAS = postgres, mysql",
      "Defaults@OPS pam_service=d",
      "Defaults>DBAS pam_service=e",
      "Defaults:STAFF,!OPS pam_service=a",
      "Defaults:UNKNOWN pam_service=b",
      "Defaults!LOGS,!NOTHERE pam_service=c",
      "STAFF ALL=(ALL) NOPASSWD: LOGS",
    ]);
    assert.deepEqual(found.rules?.defaults.map(defaultText), [
      "Defaults@db1 pam_service=d",
      "Defaults>postgres, mysql pam_service=e",
      "Defaults:carol, %ops, !dave, alice, !carol, !%ops pam_service=a",
      "Defaults:UNKNOWN pam_service=b",
      "Defaults!/bin/journalctl, !NOTHERE pam_service=c",
    ]);
    assert.deepEqual(
      found.rules?.withoutPassword.map(({ who, commands }) => `${who}: ${commands}`),
      ["carol, %ops, !dave, alice: /bin/journalctl"],
    );
    assert.equal(serviceFor(found, "pam_service", ALICE).value, "a");
    assert.equal(serviceFor(found, "pam_service", { ...BOB, name: "UNKNOWN" }).value, "b");
  });

  it("counts !authenticate for everybody alone, whatever holds for root", async () => {
    assert.equal((await settings(["Defaults:root !authenticate"])).authenticates, true);
    assert.equal((await settings(["Defaults !authenticate"])).authenticates, false);
  });
});

it("rules from elsewhere are named", () => {
  assert.deepEqual(otherSources("passwd: files\nsudoers: files [SUCCESS=return] sss  # ldap\n"), ["sss"]);
  assert.deepEqual(otherSources("sudoers: ldap files\n"), ["ldap"]);
  assert.deepEqual(otherSources("passwd: files\n"), []);
});

it("what is not cvtsudoers' JSON is no rules", () => {
  assert.equal(parseSudoRules("no JSON"), undefined);
  assert.deepEqual(parseSudoRules("{}"), { withoutPassword: [], defaults: [] });
});
