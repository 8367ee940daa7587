// doctor on a whole machine: the real sshd -T, sudo -V and cvtsudoers, PAM files as distributions write them, a running
// daemon; and a real su that shows that what doctor calls a way past Duo is one.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { Finding } from "../../src/cli/doctor/finding.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { spawnPty } from "../support/pty.ts";
import { repositoryFile } from "../support/repository.ts";
import { sandboxed } from "../support/sandbox.ts";
import { startDaemon } from "../support/sandbox-daemon.ts";
import { PROOF, writeLoginStacks, writeSudoers } from "../support/sandbox-doors.ts";
import { duogateAuth, modulePath, UNIX_AUTH, writeStack } from "../support/sandbox-pam.ts";
import { runWithoutTerminal } from "../support/sandbox-run.ts";
import { makeKey, startSshd } from "../support/sandbox-sshd.ts";
import { asUser, passwordOf } from "../support/sandbox-users.ts";

const suite = await sandboxed(import.meta.url, ["/usr/sbin/sshd", "sudo", "cvtsudoers", "su", "useradd", modulePath]);

const SSHD_CONFIG = "/etc/ssh/sshd_config";
const HOST_KEY = "/run/sandbox/doctor-host-key";
const CONFIG = "/run/duogate/duogate.conf";
const PASSWORD_AND_DUO = [
  "UsePAM yes",
  "PasswordAuthentication no",
  "KbdInteractiveAuthentication yes",
  "AuthenticationMethods keyboard-interactive",
  "PermitRootLogin no",
];

let duo: Emulator;

suite.before(async () => {
  mkdirSync("/run/sandbox", { recursive: true });
  makeKey(HOST_KEY);
  execFileSync("useradd", ["--system", "--no-log-init", "--shell", "/usr/sbin/nologin", "duogate"]);
  writeLoginStacks();
  writeStack("sudo-i", [UNIX_AUTH, duogateAuth()]);
  writeStack("su-l", [UNIX_AUTH, duogateAuth()]);
  writeSudoers();
  writeSshd(PASSWORD_AND_DUO);
  duo = await startEmulator();
});
suite.after(() => duo.close());

function writeSshd(lines: readonly string[]): void {
  writeFileSync(SSHD_CONFIG, [`HostKey ${HOST_KEY}`, ...lines, ""].join("\n"));
}

async function doctor(...more: readonly string[]): Promise<readonly Finding[]> {
  const args = [repositoryFile("dist/src/main.js"), "doctor", "--json", "--config", CONFIG, ...more];
  const { output } = await runWithoutTerminal([process.execPath, ...args]);
  return JSON.parse(output).findings;
}

/** `danger sshd-bypass`, of the areas that begin so. */
async function found(...areas: readonly string[]): Promise<readonly string[]> {
  const all = (await doctor("--offline")).filter(({ area }) =>
    areas.some((one) => area === one || area.startsWith(`${one} `)),
  );
  return all.map(({ level, id }) => `${level} ${id}`);
}

suite.test("a machine set up as the README says has nothing to mend but what is not installed here", async () => {
  await using _daemon = await startDaemon(duo);
  const all = await doctor();
  const bad = all
    .filter(({ area, level }) => area !== "module" && (level === "warning" || level === "danger"))
    .map(({ area, id }) => `${area} ${id}`);
  // The emulator's certificates last for days, in a folder of root's; the module is used from where it was
  // built, so that its own file is not looked for.
  assert.deepEqual(bad, [
    "configuration config-expired-certificate",
    "configuration config-cafile-unreadable",
    "tls tls-expires",
    "tls tls-root-expires",
  ]);
  const well = all
    .filter(({ area, level }) => area !== "module" && level === "ok")
    .map(({ area, id }) => `${area} ${id}`);
  const pam = ["sshd", "su", "su-l", "sudo", "sudo-i"].map((name) => `pam ${name} pam-asks`);
  const rest = ["sshd sshd-ways", "sudo sudo-asks", "dns dns", "clock clock", "duo duo-keys"];
  assert.deepEqual(well, ["sockets sockets", "daemon daemon-answers", ...pam, ...rest]);
});

suite.test("without the daemon its sockets are missed", async () => {
  rmSync("/run/duogate/pam.sock", { force: true });
  assert.ok((await found("sockets")).includes("danger socket-missing"));
  assert.deepEqual(await found("daemon"), ["danger daemon-silent"]);
});

const REST = ["AuthenticationMethods publickey,keyboard-interactive"];

const SSHD: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["as it comes", ["UsePAM yes"], ["danger sshd-bypass", "note sshd-password-method"]],
  ["without PAM", ["UsePAM no"], ["danger sshd-no-pam"]],
  ["with too little time", [...PASSWORD_AND_DUO, "LoginGraceTime 30"], ["warning sshd-grace"]],
  [
    "with a key and Duo",
    [...PASSWORD_AND_DUO.slice(0, 3), "AuthenticationMethods publickey,keyboard-interactive", "PermitRootLogin yes"],
    ["ok sshd-ways"],
  ],
  [
    "with root by key alone",
    [...PASSWORD_AND_DUO, "Match User root", "AuthenticationMethods publickey"],
    ["ok sshd-ways", "danger sshd-bypass"],
  ],
  [
    "with a network that needs nothing",
    [...PASSWORD_AND_DUO, "Match Address 10.0.0.0/8", "AuthenticationMethods publickey"],
    ["ok sshd-ways", "danger sshd-bypass"],
  ],
  [
    "with a group that needs nothing",
    [...PASSWORD_AND_DUO, "Match Group nobody-here,alice", "AuthenticationMethods publickey"],
    ["ok sshd-ways", "danger sshd-bypass"],
  ],
  [
    "with a group that is asked as everybody is",
    [...PASSWORD_AND_DUO, "Match Group alice", "X11Forwarding no"],
    ["ok sshd-ways"],
  ],
  [
    "with a group that has nobody",
    [...PASSWORD_AND_DUO, "Match Group nobody-here", "AuthenticationMethods publickey"],
    ["ok sshd-ways", "note sshd-match-unseen"],
  ],
  [
    "with everybody outside of a network",
    [...PASSWORD_AND_DUO, 'Match Address "*,!192.0.2.0/24"', "AuthenticationMethods publickey"],
    ["ok sshd-ways", "danger sshd-bypass"],
  ],
  [
    "with hosts of a domain but one",
    [
      ...PASSWORD_AND_DUO,
      "Match Host !db.example.com,*.example.com User *,!root",
      "PubkeyAuthentication yes",
      "AuthenticationMethods publickey",
    ],
    ["ok sshd-ways", "danger sshd-bypass"],
  ],
  [
    "with users who get in no way at all",
    [
      ...PASSWORD_AND_DUO,
      "Match User b*",
      "PubkeyAuthentication no",
      "AuthenticationMethods publickey,keyboard-interactive",
    ],
    ["ok sshd-ways", "danger sshd-locked-out"],
  ],
  ...(
    [
      ["a network is left out of", ['Match Address "*,!10.0.0.0/8"'], ["ok sshd-ways", "danger sshd-bypass"]],
      ["a user is left out of", ["Match User *,!deploy"], ["ok sshd-ways", "danger sshd-bypass"]],
      ["a group is left out of", ["Match Group *,!alice"], ["danger sshd-bypass"]],
      [
        "is for one port of two",
        ["Port 22", "Port 2222", "Match LocalPort 22"],
        ["ok sshd-ways", "danger sshd-bypass"],
      ],
      ["is for IPv4 alone", ["Match Address 0.0.0.0/0"], ["ok sshd-ways", "danger sshd-bypass"]],
    ] as const
  ).map(([name, lines, expected]): (typeof SSHD)[number] => [
    `with Duo in a Match block that ${name}`,
    ["PermitRootLogin no", ...PASSWORD_AND_DUO.slice(0, 3), "AuthenticationMethods publickey", ...lines, ...REST],
    expected,
  ]),
  [
    "with a block that sshd refuses when somebody comes to it",
    [
      ...PASSWORD_AND_DUO.filter((line) => !line.startsWith("AuthenticationMethods")),
      "PubkeyAuthentication no",
      "Match User alice",
      "AuthenticationMethods keyboard-interactive",
      "Match User alice",
      "AuthenticationMethods any",
    ],
    ["ok sshd-ways", "danger sshd-locked-out", "danger sshd-locked-out"],
  ],
  [
    "with a user's block that only a network's block hides",
    [
      ...PASSWORD_AND_DUO,
      'Match Address "*,!10.0.0.0/8"',
      "AuthenticationMethods keyboard-interactive",
      "Match User deploy",
      "AuthenticationMethods publickey",
    ],
    ["ok sshd-ways", "danger sshd-bypass"],
  ],
];
for (const [name, lines, expected] of SSHD) {
  suite.test(`sshd ${name}`, async () => {
    writeSshd(lines);
    const seen = (await found("sshd")).filter((one) => one !== "note sshd-penalties");
    assert.deepEqual(seen, expected);
  });
}

suite.test("sshd that would not start is told", async () => {
  writeSshd(["NoSuchKeyword yes"]);
  const [one] = (await doctor("--offline")).filter(({ area }) => area === "sshd");
  assert.deepEqual([one?.level, one?.id], ["danger", "sshd-broken"]);
  assert.match(one?.seen ?? "", /NoSuchKeyword/i);
});

const KEY_AND_DUO = [
  "UsePAM yes",
  "KbdInteractiveAuthentication yes",
  "AuthenticationMethods publickey,keyboard-interactive",
];

suite.test("a value in an included file that wins: sshd would not start, and doctor names the line", async () => {
  mkdirSync("/etc/ssh/sshd_config.d", { recursive: true });
  writeFileSync("/etc/ssh/sshd_config.d/50-hardening.conf", "# a guide\nKbdInteractiveAuthentication no\n");
  writeSshd(["Include /etc/ssh/sshd_config.d/50*.conf", ...KEY_AND_DUO]);
  const asked = spawnSync("/usr/sbin/sshd", ["-t"], { encoding: "utf8" });
  assert.equal(asked.status, 255);
  const [one, ...more] = (await doctor("--offline")).filter(({ area }) => area === "sshd");
  assert.deepEqual([one?.level, one?.id, more], ["danger", "sshd-broken", []]);
  assert.equal(one?.place, "/etc/ssh/sshd_config.d/50-hardening.conf:2");
  assert.match(one?.seen ?? "", /Disabled method "keyboard-interactive"/);
  assert.match(one?.remedy ?? "", /the first value wins and \/etc\/ssh\/sshd_config:4 comes too late/);
  rmSync("/etc/ssh/sshd_config.d/50-hardening.conf");
});

const REFUSED: readonly (readonly [
  name: string,
  lines: readonly string[],
  place: string | undefined,
  remedy: RegExp,
])[] = [
  ["no keys", ["PubkeyAuthentication no", ...KEY_AND_DUO], `${SSHD_CONFIG}:2`, /write yes in this line/],
  ["an unknown method", ["AuthenticationMethods pubkey,keyboard-interactive"], `${SSHD_CONFIG}:2`, /correct the line/],
  ["a bad value", ["UsePAM yes", "PermitRootLogin perhaps"], `${SSHD_CONFIG}:3`, /correct the line/],
  [
    "a bad value in a Match block",
    ["UsePAM yes", "Match User bob", "X11Forwarding sometimes"],
    `${SSHD_CONFIG}:4`,
    /correct the line/,
  ],
  [
    "GSSAPI, which is off",
    ["AuthenticationMethods gssapi-with-mic,keyboard-interactive"],
    undefined,
    /turn gssapi-with-mic on/,
  ],
];
for (const [name, lines, place, remedy] of REFUSED) {
  suite.test(`sshd refuses its configuration, and doctor says so: ${name}`, async () => {
    writeSshd(lines);
    assert.notEqual(spawnSync("/usr/sbin/sshd", ["-t"]).status, 0);
    const [one] = (await doctor("--offline")).filter(({ area }) => area === "sshd");
    assert.deepEqual([one?.level, one?.id, one?.place], ["danger", "sshd-broken", place]);
    assert.match(one?.remedy ?? "", remedy);
  });
}

suite.test("sshd without host keys would not start; to others than root that is not told", async () => {
  writeFileSync(SSHD_CONFIG, "HostKey /run/sandbox/no-such-key\n");
  assert.deepEqual(await found("sshd"), ["danger sshd-broken"]);
  writeSshd(PASSWORD_AND_DUO);
  const args = [repositoryFile("dist/src/main.js"), "doctor", "--json", "--offline", "--config", CONFIG];
  const { output } = await runWithoutTerminal(asUser("alice", [process.execPath, ...args]));
  const findings: readonly Finding[] = JSON.parse(output).findings;
  const [one] = findings.filter(({ area }) => area === "sshd");
  assert.deepEqual([one?.level, one?.id], ["note", "sshd-unseen"]);
  assert.match(one?.remedy ?? "", /as root/);
});

suite.test("a second sshd, and one with settings on its command line, are judged as well", async () => {
  writeSshd(PASSWORD_AND_DUO);
  await using sshd = await startSshd(["AuthenticationMethods publickey", "PermitRootLogin no"]);
  writeFileSync(
    "/etc/systemd/system/ssh-admin.service",
    "[Service]\nExecStart=/usr/sbin/sshd -D $OPTS\nEnvironment=OPTS='-o UsePAM=no'\n",
  );
  const all = (await doctor("--offline")).filter(({ area, id }) => area === "sshd" && id !== "sshd-penalties");
  assert.ok(sshd.port > 0);
  assert.deepEqual(
    all.map(({ id, seen }) =>
      `${id}: ${seen.replace(/: .*/, "")}`.replace(/sandbox\/sshd-\w+/, "sandbox").replace(/process \d+/, "process N"),
    ),
    [
      "sshd-ways: every way in runs the PAM stack and can ask",
      "sshd-bypass: sshd -f /run/sandbox/sshd_config (process N)",
      "sshd-no-pam: sshd -o UsePAM=no (ssh-admin.service)",
    ],
  );
  rmSync("/etc/systemd/system/ssh-admin.service");
});

suite.test(
  "a stack of Duo alone, which a key stands before for most: who comes to it without one is told",
  async () => {
    writeStack("sshd", [duogateAuth()]);
    const vendor = ["Match User vendor", "AuthenticationMethods keyboard-interactive"];
    const lines = ["PermitRootLogin no", ...KEY_AND_DUO];
    writeSshd([...lines, ...vendor]);
    assert.deepEqual(await found("sshd"), ["ok sshd-ways", "danger sshd-key-not-first"]);
    writeSshd([...lines, "Match User robot", "X11Forwarding no"]);
    assert.deepEqual(await found("sshd"), ["ok sshd-ways"]);
    writeLoginStacks();
    writeSshd([...lines, ...vendor]);
    assert.deepEqual(await found("sshd"), ["ok sshd-ways"]);
    writeSshd(PASSWORD_AND_DUO);
  },
);

suite.test("the guide's own exemption can be acknowledged, and then doctor ends well", async () => {
  const config = [...PASSWORD_AND_DUO, "Match User carol", "AuthenticationMethods publickey"];
  writeSshd(config);
  const sshd = async () =>
    (await doctor("--offline")).filter(({ area, id }) => area === "sshd" && id === "sshd-bypass");
  const [open] = await sshd();
  assert.match(open?.acknowledge ?? "", /^sshd-bypass "Match User carol: publickey" \d{4}-\d\d-\d\d REASON$/);
  mkdirSync("/etc/duogate", { recursive: true, mode: 0o755 });
  writeFileSync("/etc/duogate/acknowledged", `${open?.acknowledge?.replace("REASON", "an account of a machine")}\n`, {
    mode: 0o644,
  });
  const [meant] = await sshd();
  assert.equal(meant?.acknowledged?.reason, "an account of a machine");
  writeSshd([...config.slice(0, -1), "AuthenticationMethods none"]);
  const [other] = await sshd();
  assert.equal(other?.acknowledged, undefined);
  rmSync("/etc/duogate/acknowledged");
});

suite.test("login_duogate as forced command, with what is open before it", async () => {
  writeStack("sshd", [UNIX_AUTH]);
  const forced = ["UsePAM yes", "AuthenticationMethods publickey", "ForceCommand /usr/bin/login_duogate -m"];
  writeSshd(forced);
  assert.deepEqual(await found("sshd"), ["danger sshd-forwarding", "warning sshd-user-rc"]);
  const shut = [...forced, "DisableForwarding yes", "PermitUserRC no"];
  writeSshd(shut);
  assert.deepEqual(await found("sshd"), ["ok sshd-forced"]);
  writeSshd([...shut, "Match User robot", "ForceCommand none"]);
  assert.deepEqual(await found("sshd"), ["ok sshd-forced", "warning sshd-match-exempt"]);
  writeLoginStacks();
  writeSshd(PASSWORD_AND_DUO);
});

const SUDO: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["remembers for a quarter of an hour", ["Defaults timestamp_timeout=15"], ["note sudo-remembers"]],
  [
    "remembers for ever, everywhere",
    ["Defaults timestamp_timeout=-1, timestamp_type=global"],
    ["warning sudo-remembers", "warning sudo-remembers-everywhere"],
  ],
  ["asks nobody", ["Defaults !authenticate"], ["danger sudo-no-authentication"]],
  ["asks bob alone for nothing", ["Defaults:bob !authenticate"], ["warning sudo-unasked"]],
  ["lets a group by", ["Defaults exempt_group=adm"], ["warning sudo-unasked"]],
  ["asks for the target's factor", ["Defaults targetpw"], ["warning sudo-asks-another"]],
  ["asks for root's factor on one command", ["Defaults!/usr/bin/id rootpw"], ["warning sudo-asks-another"]],
  [
    "has services of its own for some, and they have no file",
    ["Defaults pam_askpass_service=sudo-askpass", "Defaults>bob pam_login_service=sudo-bob"],
    ["danger sudo-other-service", "danger sudo-other-service"],
  ],
  ["has a service of its own that asks too", ["Defaults:alice pam_service=su"], ["ok sudo-asks"]],
  ["has a mistake in its rules", ["Defaults no_such_option"], ["danger sudoers-broken"]],
  [
    "asks some nothing",
    ["%wheel ALL=(ALL) NOPASSWD: ALL", "alice ALL=(root) NOPASSWD: /usr/bin/id"],
    ["warning sudo-nopasswd", "note sudo-nopasswd-some"],
  ],
];
for (const [name, lines, expected] of SUDO) {
  suite.test(`sudo ${name}`, async () => {
    writeSudoers(lines);
    assert.deepEqual(await found("sudo"), expected);
    writeSudoers();
  });
}

suite.test("root through a PAM service that sudoers names, without Duo: doctor and explain say so", async () => {
  await using _daemon = await startDaemon(duo);
  writeStack("sudo-plain", [UNIX_AUTH]);
  const opened = ["Defaults:alice pam_service=sudo-plain"];
  for (const [more, file] of [
    [opened, false],
    [[], true],
  ] as const) {
    rmSync("/etc/sudoers.d/plain", { force: true });
    writeSudoers([...more, "@includedir /etc/sudoers.d"]);
    if (file) writeFileSync("/etc/sudoers.d/plain", `${opened.join("\n")}\n`, { mode: 0o440 });
    await using screen = spawnPty(asUser("alice", ["sudo", "sh", "-c", PROOF]));
    await screen.waitFor("password for alice: ");
    screen.sendLine(passwordOf("alice"));
    await screen.waitFor(/^in as root$/mu);
    const told = (await doctor("--offline")).filter(({ area }) => area === "sudo");
    assert.deepEqual(
      told.map(({ level, id, remedy }) => [level, id, remedy]),
      [["danger", "sudo-other-service", "duogate enable sudo-plain"]],
    );
    assert.match(told[0]?.seen ?? "", /sudo for alice .*sudo-plain \(Defaults:alice pam_service=sudo-plain\)/);
  }
  const alice = await explain("alice@sudo");
  assert.match(alice, /asks through the PAM service sudo-plain \(Defaults:alice pam_service=sudo-plain\)/);
  assert.match(alice, /As it is, sudo-plain does not ask duogate/);
  assert.match(await explain("bob@sudo"), /sudo asks through the PAM service sudo\n[\s\S]*Duo decides about bob\./);
  rmSync("/etc/sudoers.d/plain");
  rmSync("/etc/pam.d/sudo-plain");
  writeSudoers();
});

async function explain(target: string): Promise<string> {
  const args = [repositoryFile("dist/src/main.js"), "explain", target, "--config", CONFIG];
  return (await runWithoutTerminal([process.execPath, ...args])).output;
}

for (const [option, command, password, asked] of [
  ["rootpw", ["sudo", "-u", "bob"], "root", "root"],
  ["targetpw", ["sudo", "-u", "carol"], "carol", "carol"],
  ["runaspw, runas_default=bob", ["sudo"], "bob", "bob"],
] as const) {
  suite.test(`with ${option} sudo asks for the factor of ${asked}, as explain says`, async () => {
    await using _daemon = await startDaemon(duo);
    duo.reset();
    writeSudoers([`Defaults ${option}`]);
    await using screen = spawnPty(asUser("alice", [...command, "sh", "-c", PROOF]));
    await screen.waitFor(/password for .*: /u);
    screen.sendLine(passwordOf(password));
    await screen.waitFor(/Duo|in as|denied|incorrect/u);
    const names = duo.requests.filter(({ endpoint }) => endpoint === "preauth").map(({ params }) => params["username"]);
    assert.deepEqual(names, [asked]);
    const told = await explain("alice@sudo");
    assert.match(
      told,
      option === "targetpw" ? /with -u NAME that user's/ : new RegExp(`Duo decides about ${asked}\\.`),
    );
    writeSudoers();
  });
}

suite.test("sudo -i is another door", async () => {
  writeStack("sudo-i", [UNIX_AUTH]);
  assert.ok((await found("pam sudo-i")).includes("danger pam-other-door"));
  writeStack("sudo-i", [UNIX_AUTH, duogateAuth()]);
});

const LINES: readonly (readonly [control: string, finding: string, getsIn: boolean])[] = [
  ["required", "ok pam-asks", false],
  ["sufficient", "danger pam-overruled", true],
  ["optional", "danger pam-overruled", true],
  ["[success=ok default=ignore]", "danger pam-overruled", true],
  ["[success=ok authinfo_unavail=ignore default=die]", "warning pam-open-on-trouble", true],
  ["requierd", "danger pam-unknown-control", false],
];
for (const [control, finding, getsIn] of LINES) {
  suite.test(`su with ${control} while the daemon is away: ${getsIn ? "in" : "out"}, and doctor said so`, async () => {
    writeStack("su", [UNIX_AUTH, duogateAuth().replace("required", control)]);
    assert.ok((await found("pam su")).includes(finding), (await found("pam su")).join());
    await using screen = spawnPty(asUser("bob", ["su", "alice", "-c", PROOF]));
    await screen.waitFor("Password: ");
    screen.sendLine(passwordOf("alice"));
    await screen.waitFor(getsIn ? /^in as alice$/mu : /^su: /mu);
    assert.equal((await screen.exit).code === 0, getsIn);
  });
}
