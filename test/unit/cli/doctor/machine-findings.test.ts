// doctor on sudo, systemd, the sockets, the daemon, the module's file, access control and the configuration: a table of what
// may be seen, each with the findings that it leads to.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { configFindings } from "../../../../src/cli/doctor/config-findings.ts";
import { daemonAnswer, daemonFindings } from "../../../../src/cli/doctor/daemon-findings.ts";
import { accessFindings, moduleFindings } from "../../../../src/cli/doctor/machine-findings.ts";
import { type DoorFacts, type Listener, socketFindings } from "../../../../src/cli/doctor/socket-findings.ts";
import { sudoFindings } from "../../../../src/cli/doctor/sudo-findings.ts";
import { unitFindings } from "../../../../src/cli/doctor/unit-findings.ts";
import { parseConfig } from "../../../../src/config/parse.ts";
import type { ConfigProblem } from "../../../../src/config/problem.ts";
import { err, ok } from "../../../../src/core/result.ts";
import type { PathFault } from "../../../../src/host/path-trust.ts";
import type { SudoSettings } from "../../../../src/host/sudo.ts";
import type { SudoScope } from "../../../../src/host/sudoers.ts";
import { UNITS, type UnitState } from "../../../../src/host/units.ts";
import { REQUIRED, SKEY } from "../../config/samples.ts";
import { ids } from "./ids.ts";

describe("sudo", () => {
  const STRICT: SudoSettings = {
    usesPam: true,
    pamService: "sudo",
    pamLoginService: "sudo-i",
    pamAskpassService: undefined,
    builtInLoginService: "sudo-i",
    target: "root",
    timestampMinutes: 0,
    timestampType: "tty",
    authenticates: true,
    rules: { withoutPassword: [], defaults: [] },
    mistakes: undefined,
    elsewhere: [],
  };
  const rules = (who: string, commands: string) => ({
    withoutPassword: [{ members: [], who, commands }],
    defaults: [],
  });
  const ALICE = [{ kind: "username", name: "alice", negated: false }];
  const defaults = (scope: SudoScope, option: string, value: string | boolean) => ({
    rules: { withoutPassword: [], defaults: [{ scope, members: scope === "everybody" ? [] : ALICE, option, value }] },
  });
  /** Every service with "plain" in its name does not ask Duo. */
  const pam = { asks: (service: string) => !service.includes("plain"), hasFile: () => true };
  const table: readonly (readonly [string, Partial<SudoSettings>, readonly string[]])[] = [
    ["that asks each time", {}, ["ok sudo-asks"]],
    ["that remembers for a while", { timestampMinutes: 15 }, ["note sudo-remembers"]],
    ["that remembers for long", { timestampMinutes: 60 }, ["warning sudo-remembers"]],
    ["that remembers for ever", { timestampMinutes: -1 }, ["warning sudo-remembers"]],
    [
      "that remembers everywhere",
      { timestampMinutes: 5, timestampType: "global" },
      ["note sudo-remembers", "warning sudo-remembers-everywhere"],
    ],
    ["that remembers nothing everywhere", { timestampType: "global" }, ["ok sudo-asks"]],
    ["that remembers for ever for some", defaults("user", "timestamp_timeout", "-1"), ["warning sudo-remembers"]],
    ["that asks nobody", { authenticates: false }, ["danger sudo-no-authentication"]],
    ["without PAM", { usesPam: false }, ["danger sudo-no-pam"]],
    ["with NOPASSWD: ALL", { rules: rules("%wheel", "ALL") }, ["warning sudo-nopasswd"]],
    ["with NOPASSWD for a shell", { rules: rules("bob", "/usr/bin/id, /bin/bash") }, ["warning sudo-nopasswd"]],
    ["with NOPASSWD for a folder", { rules: rules("bob", "/opt/tools/") }, ["warning sudo-nopasswd"]],
    ["with NOPASSWD for whatever matches", { rules: rules("bob", "/usr/bin/*") }, ["warning sudo-nopasswd"]],
    ["with NOPASSWD for an expression", { rules: rules("bob", "^/usr/bin/.*$") }, ["warning sudo-nopasswd"]],
    ["with NOPASSWD for an editor", { rules: rules("bob", "/usr/bin/vim /etc/motd") }, ["warning sudo-nopasswd"]],
    ["with NOPASSWD for no shell", { rules: rules("bob", "/usr/bin/id *, !/bin/sh") }, ["note sudo-nopasswd-some"]],
    ["with NOPASSWD for one command", { rules: rules("backup", "/usr/bin/rsync") }, ["note sudo-nopasswd-some"]],
    ["with a command called ALLOW", { rules: rules("backup", "/usr/bin/ALLOW") }, ["note sudo-nopasswd-some"]],
    ["whose rules were not seen", { rules: undefined }, ["note sudo-rules-unseen"]],
    ["with another service for all", defaults("everybody", "pam_service", "plain"), ["danger sudo-other-service"]],
    ["with another service for one", defaults("user", "pam_service", "plain"), ["danger sudo-other-service"]],
    ["with another service that asks too", defaults("user", "pam_service", "sudo-b"), ["ok sudo-asks"]],
    [
      "with another service for -A",
      defaults("everybody", "pam_askpass_service", "plain"),
      ["danger sudo-other-service"],
    ],
    ["with another service for -i", defaults("host", "pam_login_service", "plain"), ["danger sudo-other-service"]],
    ["with another service for a command", defaults("command", "pam_service", "plain"), ["danger sudo-other-service"]],
    ["with another service for a target", defaults("runas", "pam_service", "plain"), ["danger sudo-other-service"]],
    ["built for another one", { builtInLoginService: "plain" }, ["danger sudo-other-service"]],
    ["with the target's password", defaults("everybody", "targetpw", true), ["warning sudo-asks-another"]],
    ["with root's password for one", defaults("user", "rootpw", true), ["warning sudo-asks-another"]],
    ["with runas_default's password", defaults("everybody", "runaspw", true), ["warning sudo-asks-another"]],
    ["with the caller's own again", defaults("everybody", "targetpw", false), ["ok sudo-asks"]],
    ["that asks one user for nothing", defaults("user", "authenticate", false), ["warning sudo-unasked"]],
    ["that asks a group for nothing", defaults("everybody", "exempt_group", "adm"), ["warning sudo-unasked"]],
    ["with mistakes in its rules", { mistakes: "/etc/sudoers:3:1: syntax error" }, ["danger sudoers-broken"]],
    ["with rules from elsewhere", { elsewhere: ["sss"] }, ["note sudo-rules-elsewhere"]],
  ];
  for (const [name, change, expected] of table) {
    it(name, () => assert.deepEqual(ids(sudoFindings({ ...STRICT, ...change }, pam)), [...expected].sort()));
  }
});

describe("systemd", () => {
  const unit = (name: string, change: Partial<UnitState> = {}): UnitState => ({
    name,
    load: "loaded",
    active: "active",
    sub: "running",
    file: "enabled",
    result: "success",
    restarts: 0,
    needsReload: false,
    ...change,
  });
  const table: readonly (readonly [string, string, Partial<UnitState>, readonly string[]])[] = [
    ["all well", "duogated.service", {}, ["ok unit-state"]],
    ["not installed", "duogated.service", { load: "not-found" }, ["warning unit-missing"]],
    ["a lesser socket not installed", "duogated-login.socket", { load: "not-found" }, ["note unit-missing"]],
    ["masked", "duogated.service", { load: "masked" }, ["danger unit-broken"]],
    ["failed", "duogated.service", { active: "failed", result: "exit-code" }, ["danger unit-failed"]],
    [
      "failing again and again",
      "duogated.service",
      { active: "activating", sub: "auto-restart", restarts: 40 },
      ["danger unit-failed", "warning unit-restarts"],
    ],
    ["stopped", "duogated.socket", { active: "inactive" }, ["danger unit-stopped"]],
    ["stopped, and started by its socket", "duogated.service", { active: "inactive" }, ["warning unit-stopped"]],
    ["a lesser socket stopped", "duogated-control.socket", { active: "inactive" }, ["note unit-stopped"]],
    ["disabled", "duogated.socket", { file: "disabled" }, ["warning unit-disabled"]],
    ["changed", "duogated.service", { needsReload: true }, ["warning unit-changed"]],
  ];
  for (const [name, which, change, expected] of table) {
    it(name, () => {
      const units = UNITS.map((one) => unit(one, one === which ? change : {}));
      assert.deepEqual(ids(unitFindings(ok(units))), [...expected].sort());
    });
  }
  it("absent, or silent", () => {
    assert.deepEqual(ids(unitFindings(err({ code: "no-systemd" }))), ["note unit-no-systemd"]);
    assert.deepEqual(ids(unitFindings(err({ code: "timeout" }))), ["note unit-unseen"]);
  });
});

describe("the sockets", () => {
  const peer = (...uids: readonly number[]): Listener => ({
    kind: "held",
    holders: uids.map((uid) => ({ uid, pid: 42 })),
  });
  const door = (
    mode: number,
    listener: Listener | undefined = peer(999),
    name: DoorFacts["door"] = "pam",
  ): DoorFacts => ({
    door: name,
    path: `/run/duogate/${name}.sock`,
    trust: { fault: undefined, socket: { uid: 0, gid: 0, mode } },
    listener,
  });
  const faulty = (fault: PathFault, name: DoorFacts["door"] = "pam"): DoorFacts => ({
    ...door(0),
    door: name,
    trust: { fault },
    listener: undefined,
  });
  const path = "/run/duogate";
  const table: readonly (readonly [string, DoorFacts, readonly string[]])[] = [
    ["the daemon's", door(0o600), ["ok sockets"]],
    ["systemd's, before the daemon has taken it", door(0o600, peer(0)), ["ok sockets"]],
    ["everybody's, for users", door(0o666, peer(999), "login"), ["ok sockets"]],
    ["not looked into without root", door(0o600, undefined), ["ok sockets"]],
    ["a stranger's", door(0o600, peer(1000)), ["danger socket-stranger"]],
    ["deaf", door(0o600, { kind: "nobody" }), ["danger socket-deaf"]],
    ["deaf for users", door(0o666, { kind: "nobody" }, "login"), ["warning socket-deaf"]],
    ["listened on by somebody", door(0o600, { kind: "unseen" }), ["ok sockets"]],
    ["held by systemd and the daemon", door(0o600, peer(0, 999)), ["ok sockets"]],
    ["held by systemd and a stranger", door(0o600, peer(0, 1000)), ["danger socket-stranger"]],
    ["open to everybody", door(0o666), ["warning socket-mode"]],
    ["open to a group", door(0o660), ["warning socket-mode"]],
    ["shut to users", door(0o600, peer(999), "login"), ["warning socket-mode"]],
    ["missing", faulty({ kind: "missing", path }), ["danger socket-missing"]],
    ["missing for the administrator", faulty({ kind: "missing", path }, "control"), ["note socket-missing"]],
    ["in somebody's folder", faulty({ kind: "owner", path, uid: 1000 }), ["danger socket-untrusted"]],
    ["in everybody's folder", faulty({ kind: "writable", path, mode: 0o777 }), ["danger socket-untrusted"]],
    ["behind a link", faulty({ kind: "symbolic-link", path }), ["danger socket-untrusted"]],
    ["a file", faulty({ kind: "not-a-socket", path }), ["danger socket-untrusted"]],
    ["out of sight", faulty({ kind: "unreadable", path, reason: "EACCES" }), ["note socket-unseen"]],
  ];
  for (const [name, facts, expected] of table) {
    it(name, () => assert.deepEqual(ids(socketFindings([facts], { uid: 999 })), [...expected].sort()));
  }
  it("are told of once where their folder is at fault", () => {
    const fault: PathFault = { kind: "writable", path, mode: 0o777 };
    const doors = (["pam", "login", "control"] as const).map((name) => faulty(fault, name));
    assert.deepEqual(ids(socketFindings(doors, { uid: 999 })), ["danger socket-untrusted"]);
  });
  it("are nobody's but root's without the daemon's account", () => {
    assert.deepEqual(ids(socketFindings([door(0o600, peer(999))], { uid: undefined })), ["danger socket-stranger"]);
  });
});

describe("the daemon's answer", () => {
  const of = (body: unknown) => ids(daemonFindings(ok(daemonAnswer(body)), "1.0.0", true));
  it("leads to what is wrong in it", () => {
    // As GET /status has it, [duo]'s own connection first.
    const well = { version: "1.0.0", connections: [{ health: "answers" }, { health: "bad-keys" }] };
    assert.deepEqual(of(well), ["ok daemon-answers"]);
    assert.deepEqual(of({ ...well, version: "0.9.0" }), ["warning daemon-version"]);
    assert.deepEqual(of({ ...well, connections: [{ health: "bad-keys" }] }), ["warning daemon-health"]);
    assert.deepEqual(of({ ...well, connections: [{ health: "local-trouble" }] }), ["danger daemon-local-trouble"]);
    const outage = { since: "2026-11-22T00:00:00Z" };
    assert.deepEqual(of({ ...well, connections: [{ health: "timeout", outage }] }), ["warning daemon-outage"]);
    assert.deepEqual(of("nonsense"), ["warning daemon-version"]);
  });
  it("may be missing", () => {
    assert.deepEqual(ids(daemonFindings(err("nobody listens"), "1.0.0", true)), ["danger daemon-silent"]);
    assert.deepEqual(ids(daemonFindings(err("it is for root"), "1.0.0", false)), ["note daemon-unseen"]);
  });
});

describe("the module's file", () => {
  const file = { kind: "file", path: "/lib/security/pam_duogate.so", uid: 0, mode: 0o644, loadable: true } as const;
  it("is root's, for this processor, and there", () => {
    assert.deepEqual(ids(moduleFindings(file)), ["ok module-file"]);
    assert.deepEqual(ids(moduleFindings({ ...file, uid: 1000 })), ["danger module-owner"]);
    assert.deepEqual(ids(moduleFindings({ ...file, mode: 0o664 })), ["danger module-mode"]);
    assert.deepEqual(ids(moduleFindings({ ...file, loadable: false })), ["danger module-broken"]);
    assert.deepEqual(ids(moduleFindings({ kind: "missing", path: file.path, used: true })), ["danger module-missing"]);
    assert.deepEqual(ids(moduleFindings({ kind: "missing", path: file.path, used: false })), [
      "warning module-missing",
    ]);
    assert.deepEqual(ids(moduleFindings({ kind: "no-folder" })), ["note module-unseen"]);
  });
});

it("SELinux and AppArmor are named where they watch over logins", () => {
  const of = (selinux: "absent" | "enforcing" | "permissive", profile: string, mode: string) =>
    ids(accessFindings({ selinux, apparmor: [{ profile, mode }] }));
  assert.deepEqual(of("absent", "firefox", "enforce"), []);
  assert.deepEqual(of("absent", "/usr/sbin/sshd", "complain"), []);
  assert.deepEqual(of("enforcing", "/usr/sbin/sshd", "enforce"), ["note apparmor-enforcing", "note selinux-enforcing"]);
  assert.deepEqual(of("permissive", "duogated", "enforce"), ["note apparmor-enforcing", "note selinux-permissive"]);
  assert.deepEqual(ids(accessFindings({ selinux: "absent", apparmor: "unreadable" })), ["note apparmor-unseen"]);
});

describe("the configuration", () => {
  const path = "/etc/duogate/duogate.conf";
  const account = { name: "duogate", uid: 4_000_000, gids: [4_000_000] };
  const facts = (text: string) => ({
    path,
    loaded: parseConfig(text, path),
    isRoot: true,
    account,
  });
  it("is valid, or each problem is told, and no secret", () => {
    assert.deepEqual(ids(configFindings(facts(REQUIRED))), ["ok config"]);
    const bad = configFindings(facts(`${REQUIRED}nonsense = ${SKEY}\nprompts = 99\n`));
    assert.deepEqual(ids(bad), ["danger config-bad-value", "danger config-unknown-key"]);
    assert.equal(bad[0]?.place, `${path}:6`);
    assert.doesNotMatch(JSON.stringify(bad), new RegExp(SKEY));
    assert.deepEqual(ids(configFindings(facts(`${REQUIRED}groups = !root\n`))), ["warning config-unusual-value"]);
  });
  it("is for root to read", () => {
    const problem: ConfigProblem = {
      code: "cannot-open",
      file: path,
      line: undefined,
      key: undefined,
      message: "cannot be opened",
      remedy: "be root",
    };
    const loaded = err([problem]);
    assert.deepEqual(ids(configFindings({ ...facts(""), loaded, isRoot: false })), ["note config-unseen"]);
    assert.deepEqual(ids(configFindings({ ...facts(""), loaded })), ["danger config-cannot-open"]);
  });
  it("names files that the daemon can read, and there is a daemon's account", () => {
    const shut = `${REQUIRED}cafile = /nowhere/ca.pem\n`;
    assert.deepEqual(ids(configFindings(facts(shut))), ["danger config-cafile-unreadable"]);
    assert.deepEqual(ids(configFindings({ ...facts(shut), account: { ...account, uid: 0 } })), [
      "danger config-cafile-unreadable",
    ]);
    assert.deepEqual(ids(configFindings(facts(`${REQUIRED}cafile = system\n`))), ["ok config"]);
    assert.deepEqual(ids(configFindings({ ...facts(REQUIRED), account: undefined })), ["warning config-no-account"]);
  });
});
