// What `groups` comes to on a machine: the count of those who have to pass, the patterns that match nothing, and that a large
// machine does not make it slow.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { groupFindings } from "../../../../src/cli/doctor/group-findings.ts";
import { parseConfig } from "../../../../src/config/parse.ts";
import { localAccounts } from "../../../../src/host/accounts.ts";
import { ids } from "./ids.ts";

const PASSWD = [
  "root:x:0:0:root:/root:/bin/bash",
  "daemon:x:1:1::/usr/sbin:/usr/sbin/nologin",
  "alice:x:1000:1000:Alice:/home/alice:/bin/bash",
  "bob:x:1001:1001:Bob:/home/bob:/bin/zsh",
  "# a comment",
  "",
];
const GROUP = [
  "root:x:0:",
  "daemon:x:1:",
  "alice:x:1000:",
  "bob:x:1001:",
  "admins:x:27:alice,root",
  "domain users:x:30:bob",
  "",
];

function machine(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "duogate-accounts-"));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "etc"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, "etc", name), text);
  return root;
}

function findings(root: string, groups: string, more = "") {
  const text = `[duo]\nikey = DIABCDEFGHIJKLMNOPQR\nskey = ${"k".repeat(40)}\nhost = api-1.example\nfailmode = secure\n`;
  const config = parseConfig(`${text}${groups === "" ? "" : `groups = ${groups}\n`}${more}`, "duogate.conf");
  assert.ok(config.ok, JSON.stringify(config));
  return groupFindings(config.value, localAccounts(root));
}

describe("the accounts of this machine", () => {
  const files = { passwd: PASSWD.join("\n"), group: GROUP.join("\n"), "nsswitch.conf": "group: files systemd\n" };
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ["*", "3 of the 3", []],
    ["*,!root", "2 of the 3", []],
    ["admins", "2 of the 3", []],
    ["domain\\ users admins,!root", "2 of the 3", []],
    ["admins,!wheel", "2 of the 3", ["!wheel"]],
    ["?*.root admins", "2 of the 3", ["?*.root"]],
    // As at a login: a name that cannot be found could be anybody's group.
    ["Admins bob", "3 of the 3", ["Admins"]],
    ["Admins,!alice", "2 of the 3", ["Admins"]],
    ["B?b", "0 of the 3", ["B?b"]],
  ];
  for (const [groups, count, unmatched] of rows) {
    it(`with groups = ${groups}: ${count} have to pass`, (t) => {
      const [first, ...others] = findings(machine(t, files), groups);
      assert.equal(first?.level, count.startsWith("0") ? "warning" : "note");
      assert.ok(first?.seen.includes(`${count} accounts`), first.seen);
      assert.deepEqual(
        ids(others),
        unmatched.map(() => "warning groups-unmatched"),
      );
      for (const [index, pattern] of unmatched.entries())
        assert.ok(others[index]?.seen.includes(`pattern ${pattern}:`));
    });
  }

  it("are none where no group is meant: that is a warning", (t) => {
    const root = machine(t, files);
    assert.deepEqual(ids(findings(root, "*.root")), ["warning groups-nobody", "warning groups-unmatched"]);
  });

  it("are not judged by a file where a directory has groups too", (t) => {
    const root = machine(t, {
      ...files,
      "nsswitch.conf": "passwd: files sss\ngroup: files [SUCCESS=merge] sss # AD\n",
    });
    assert.deepEqual(ids(findings(root, "CORP\\admins")), ["note groups-count", "note groups-unmatched"]);
  });

  it("are all of them without groups, and a service has its own", (t) => {
    const root = machine(t, files);
    assert.deepEqual(findings(root, ""), []);
    const both = findings(root, "admins", "[service:sudo]\ngroups = *\n[service:su]\nprompts = 1\n");
    assert.deepEqual(
      both.map(({ seen }) => seen.split(" accounts")[0]),
      ["[duo]: 2 of the 3", "[service:sudo]: 3 of the 3"],
    );
  });

  it("may be ten thousand", (t) => {
    const numbers = Array.from({ length: 10_000 }, (_, number) => number);
    const passwd = numbers.map((number) => `u${number}:x:${number}:${number}::/home/u:/bin/sh`).join("\n");
    const own = numbers.map((number) => `u${number}:x:${number}:`).join("\n");
    const staff = `staff:x:20000:${numbers.map((number) => `u${number}`).join(",")}`;
    const root = machine(t, { passwd, group: `${own}\n${staff}\n` });
    const before = performance.now();
    const [first] = findings(root, "staff,!u1 *x*y*z* nobody?");
    assert.ok(first?.seen.includes("9999 of the 10000"), first?.seen);
    assert.ok(performance.now() - before < 5000, "it takes seconds");
  });

  it("may be unreadable", (t) => {
    assert.deepEqual(ids(findings(machine(t, {}), "*")), ["note groups-count"]);
  });
});
