// What explain says of sudo for one user: the service, whose factor, and where nobody is asked.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sudoStep } from "../../../../src/cli/explain/sudo-step.ts";
import type { SudoSettings } from "../../../../src/host/sudo.ts";
import { parseSudoRules } from "../../../../src/host/sudoers.ts";
import { FakeDirectory } from "../../../support/fake-directory.ts";

const DIRECTORY = new FakeDirectory([
  { name: "root", uid: 0, groups: ["root"] },
  { name: "alice", uid: 1000, groups: ["alice", "staff"] },
]);

interface Line {
  readonly Binding?: readonly object[];
  readonly Options: readonly object[];
}

function settings(lines: readonly Line[], free: readonly object[] = []): SudoSettings {
  const rules = parseSudoRules(JSON.stringify({ Defaults: lines, User_Specs: free }));
  return {
    usesPam: true,
    pamService: "sudo",
    pamLoginService: "sudo-i",
    pamAskpassService: undefined,
    builtInLoginService: "sudo-i",
    target: "root",
    timestampMinutes: 0,
    timestampType: "tty",
    authenticates: true,
    rules,
    mistakes: undefined,
    elsewhere: [],
  };
}

async function told(lines: readonly Line[], { user = "alice", login = false, free = [] as readonly object[] } = {}) {
  const machine = { hostname: "web1", addresses: [] };
  const asks = (service: string) => !service.includes("plain");
  const part = await sudoStep({ user, login, settings: settings(lines, free), directory: DIRECTORY, machine, asks });
  assert.ok(part !== undefined);
  return { ...part, text: part.steps.map(({ text }) => text).join("\n") };
}

const ALICE = [{ username: "alice" }];

describe("explain USER@sudo", () => {
  it("names the service of sudo, sudo -i and sudo -A", async () => {
    const plain = await told([
      { Options: [{ pam_askpass_service: "ask-plain" }] },
      { Binding: ALICE, Options: [{ pam_service: "sudo-b" }] },
    ]);
    assert.equal(plain.service, "sudo-b");
    assert.match(
      plain.text,
      /^sudo asks through the PAM service sudo-b \(Defaults:alice pam_service=sudo-b\)\nsudo -i asks through sudo-i\n/,
    );
    assert.match(plain.text, /sudo -A asks through ask-plain, which does NOT ask duogate \(Defaults pam_askpass/);
    assert.equal((await told([], { login: true })).service, "sudo-i");
  });

  it("tells of rules that hold sometimes", async () => {
    const { service, text } = await told([
      { Binding: [{ command: "/bin/ls" }], Options: [{ pam_service: "ls-plain" }, { targetpw: true }] },
    ]);
    assert.equal(service, "sudo");
    assert.match(text, /for the command \/bin\/ls through ls-plain, which does NOT ask duogate/);
    assert.match(text, /for the command \/bin\/ls another user's factor is asked for \(Defaults!\/bin\/ls targetpw\)/);
  });

  it("names whose factor is asked, in sudo's own order", async () => {
    const of = async (...options: readonly object[]) => (await told([{ Options: options }])).user;
    assert.equal(await of(), "alice");
    assert.equal(await of({ rootpw: true }, { targetpw: true }), "root");
    assert.equal(await of({ targetpw: true }), "root");
    assert.equal(await of({ rootpw: false }), "alice");
  });

  it("says where nobody is asked", async () => {
    const rows: readonly (readonly [Awaited<ReturnType<typeof told>>, RegExp])[] = [
      [await told([{ Options: [{ authenticate: false }] }]), /asks this user for nothing \(Defaults !authenticate\)/],
      [
        await told([{ Binding: ALICE, Options: [{ authenticate: false }] }]),
        /for nothing \(Defaults:alice !authenticate\)/,
      ],
      [await told([{ Options: [{ exempt_group: "staff" }] }]), /a member of staff/],
      [await told([], { user: "root" }), /sudo asks root for nothing/],
    ];
    for (const [{ asks, text }, words] of rows) {
      assert.equal(asks, false, text);
      assert.match(text, words);
    }
    const again = await told([
      { Options: [{ authenticate: false }] },
      { Binding: ALICE, Options: [{ authenticate: true }] },
    ]);
    assert.equal(again.asks, true);
    const rule = {
      User_List: ALICE,
      Cmnd_Specs: [{ Options: [{ authenticate: false }], Commands: [{ command: "/bin/id" }] }],
    };
    const free = await told([], { free: [rule] });
    assert.deepEqual([free.asks, /nobody is asked for \/bin\/id \(NOPASSWD\)/.test(free.text)], [true, true]);
    const others = await told([], { free: [{ ...rule, User_List: [{ username: "bob" }] }] });
    assert.doesNotMatch(others.text, /NOPASSWD/);
  });
});
