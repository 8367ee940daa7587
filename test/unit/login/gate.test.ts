// Before Duo: whose factor it is, who must pass one, and that a look-up that fails never skips it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decided, play } from "./scene.ts";

const duo = { preauth: [decided("allow")] };
const GROUPS = { groups: ["wheel"] };

describe("the user's name", () => {
  for (const user of ["", "  ", "a\nb", "a\x1b[2J", "a\u202eb", "\ud800"]) {
    it(`${JSON.stringify(user)} ends the login before any look-up`, async () => {
      const { verdictText, scene, record } = await play({ facts: { user }, duo, policy: GROUPS });
      assert.equal(verdictText, "deny bad-user-name");
      assert.deepEqual([scene.duo.calls, scene.directory.lookups], [[], []]);
      assert.equal(record.duoUser, undefined);
      assert.deepEqual(scene.conversation.texts("error"), ["This user name cannot be used with Duo."]);
    });
  }
});

describe("the subject", () => {
  it("is PAM_USER, and nobody is looked up where no group asks for it", async () => {
    const { scene, record } = await play({ duo, facts: { service: "sshd", rhost: "203.0.113.5" } });
    const subject = { username: "alice", ipaddr: "203.0.113.5", hostname: "wks01" };
    assert.deepEqual(scene.duo.calls, [{ stage: "preauth", subject }]);
    assert.deepEqual(scene.directory.lookups, []);
    assert.equal(record.duoUser, "alice");
  });

  it("has no address that the user could have chosen", async () => {
    const { scene } = await play({ duo, facts: { rhost: "203.0.113.5", rhostTrusted: false } });
    assert.deepEqual(scene.duo.calls[0], {
      stage: "preauth",
      subject: { username: "alice", ipaddr: undefined, hostname: "wks01" },
    });
  });

  it("is the mapped name, while groups are those of the local user", async () => {
    const mapped = { duo, duoUser: "anna", facts: { user: "bob", callerUid: 1001 }, policy: GROUPS };
    const { scene, record } = await play(mapped);
    assert.equal(record.duoUser, "anna");
    assert.deepEqual(
      scene.duo.calls.map((call) => call.stage === "preauth" && call.subject.username),
      ["anna"],
    );
    const outside = await play({ ...mapped, duo: { preauth: [] }, facts: {} });
    assert.equal(outside.verdictText, "allow outside-groups");
  });

  it("has no address where PAM_RHOST is a name", async () => {
    const { scene } = await play({ duo, facts: { rhost: "somewhere.example" } });
    assert.deepEqual(scene.duo.calls[0], {
      stage: "preauth",
      subject: { username: "alice", ipaddr: undefined, hostname: "wks01" },
    });
  });

  const su: readonly (readonly [string, string, number, string])[] = [
    ["su", "root", 1000, "alice"],
    ["su-l", "root", 1001, "bob"],
    ["su", "bob", 1000, "bob"],
    ["sudo", "root", 1000, "root"],
    ["su-other", "root", 1000, "root"],
  ];
  for (const [service, user, callerUid, asked] of su) {
    it(`${service} to ${user} by uid ${callerUid} asks for ${asked}`, async () => {
      const { record, verdictText } = await play({ duo, facts: { service, user, callerUid } });
      assert.deepEqual([record.duoUser, verdictText], [asked, "allow duo-bypass"]);
    });
  }

  it("is not guessed when su's target or caller cannot be looked up", async () => {
    const su = { service: "su", user: "root", callerUid: 1000 };
    for (const faults of [{ user: "timeout" }, { uid: "timeout" }, { uid: "not-found" }]) {
      const { verdictText, scene } = await play({ duo, facts: su, faults, policy: { failmode: "safe" } });
      assert.deepEqual([verdictText, scene.duo.calls], ["misconfigured identity", []]);
    }
    const { verdictText } = await play({ duo, facts: { ...su, callerUid: 4242 } });
    assert.equal(verdictText, "misconfigured identity");
  });

  it("is not a caller whose name cannot be sent", async () => {
    const accounts = [
      { name: "root", uid: 0 },
      { name: "evil\nname", uid: 1000 },
    ];
    const { verdictText } = await play({ duo, accounts, facts: { service: "su", user: "root" } });
    assert.equal(verdictText, "misconfigured identity");
  });

  it("is nobody when the machine does not know the user", async () => {
    const mallory = { facts: { user: "mallory" }, duo };
    assert.equal((await play({ ...mallory, policy: GROUPS })).verdictText, "deny unknown-user");
    const toUnknown = await play({ duo, facts: { user: "mallory", service: "su" } });
    assert.equal(toUnknown.verdictText, "deny unknown-user");
  });
});

describe("the subject that the configuration chooses", () => {
  const root = { user: "root", callerUid: 1000 };
  it("is the caller for any service with subject = caller, and never guessed", async () => {
    const identity = { subject: "caller" } as const;
    for (const facts of [
      { ...root, service: "sudo" },
      { service: "su", user: "bob", callerUid: 1000 },
    ]) {
      assert.equal((await play({ duo, facts, identity })).record.duoUser, "alice");
    }
    const lost = await play({ duo, facts: root, identity, faults: { uid: "timeout" }, policy: { failmode: "safe" } });
    assert.equal(lost.verdictText, "misconfigured identity");
  });

  it("is the target for su to root with subject = target", async () => {
    const { record } = await play({ duo, facts: { ...root, service: "su" }, identity: { subject: "target" } });
    assert.equal(record.duoUser, "root");
  });

  it("is known to Duo in the form that the configuration gives names", async () => {
    const accounts = [{ name: "CORP\\Alice", uid: 1000 }];
    const identity = { usernameStripDomain: true, usernameLower: true, usernameSuffix: "@example.org" };
    const { scene, record } = await play({ duo, accounts, facts: { user: "CORP\\Alice" }, identity });
    assert.deepEqual([record.duoUser, record.notes, scene.directory.lookups], ["alice@example.org", [], []]);
  });
});

describe("a name from GECOS", () => {
  const accounts = [
    { name: "root", uid: 0, gecos: "root" },
    { name: "alice", uid: 1000, gecos: "Alice,,,,a.example", groups: ["alice", "wheel"] },
    { name: "bob", uid: 1001, gecos: "evil\x1b[2J", groups: ["bob"] },
  ];
  const fifth = { duo, accounts, identity: { gecosUsernamePos: 5 } };

  it("is what Duo is asked for, with a note of it", async () => {
    const { record } = await play(fifth);
    assert.deepEqual([record.duoUser, record.notes], ["a.example", [{ kind: "gecos-name", duoUser: "a.example" }]]);
  });

  it("is the caller's, when su to root asks for the caller", async () => {
    const { record } = await play({ ...fifth, facts: { service: "su", user: "root", callerUid: 1000 } });
    assert.equal(record.duoUser, "a.example");
  });

  it("changes nothing about whose groups count", async () => {
    const { record, verdictText } = await play({ ...fifth, policy: { groups: ["bob"] } });
    assert.deepEqual([record.duoUser, verdictText], ["a.example", "allow outside-groups"]);
  });

  it("is not guessed when the entry cannot be had", async () => {
    for (const failmode of ["safe", "secure"] as const) {
      const { verdictText, scene } = await play({ ...fifth, faults: { user: "timeout" }, policy: { failmode } });
      assert.deepEqual([verdictText, scene.duo.calls], ["misconfigured identity", []]);
    }
    assert.equal((await play({ ...fifth, facts: { user: "mallory" } })).verdictText, "deny unknown-user");
  });

  it("has no say over a name that came with the login, which nothing else changes either", async () => {
    const rules = { gecosUsernamePos: 5, usernameSuffix: "@example.org" };
    const { record, scene } = await play({ duo, accounts, identity: rules, duoUser: "anna" });
    assert.deepEqual([record.duoUser, record.notes, scene.directory.lookups], ["anna", [], []]);
    const outside = await play({ duo, accounts, identity: rules, duoUser: "anna", policy: { groups: ["bob"] } });
    assert.deepEqual([outside.record.duoUser, outside.verdictText], ["anna", "allow outside-groups"]);
  });

  it("is refused where it cannot be sent", async () => {
    const { verdictText, scene } = await play({ duo, accounts, identity: { sendGecos: true }, facts: { user: "bob" } });
    assert.deepEqual([verdictText, scene.duo.calls], ["deny bad-user-name", []]);
  });
});

describe("groups", () => {
  it("lets by who is in none of them, without asking Duo", async () => {
    const { verdictText, scene, record } = await play({ duo, policy: GROUPS });
    assert.deepEqual([verdictText, scene.duo.calls, record.duoUser], ["allow outside-groups", [], "alice"]);
  });

  it("asks for the factor of who is in one", async () => {
    const { scene } = await play({ duo, policy: GROUPS, facts: { user: "bob" } });
    assert.equal(scene.duo.count("preauth"), 1);
  });

  it("looks at the caller's groups when su to root asks for the caller", async () => {
    const su = { service: "su", user: "root" };
    const alice = await play({ duo, policy: GROUPS, facts: { ...su, callerUid: 1000 } });
    assert.equal(alice.verdictText, "allow outside-groups");
    assert.ok(alice.scene.directory.lookups.includes("groups alice 1000"));
    const bob = await play({ duo, policy: GROUPS, facts: { ...su, callerUid: 1001 } });
    assert.equal(bob.scene.duo.count("preauth"), 1);
  });

  for (const faults of [
    { user: "timeout" },
    { groups: "timeout" },
    { groups: "incomplete" },
    { groups: "not-found" },
    { groups: "unresolvable-group" },
    { group: "timeout" },
    { group: "not-found" },
  ]) {
    it(`asks for the factor when a look-up fails, and says so: ${JSON.stringify(faults)}`, async () => {
      const { scene, record } = await play({ duo, policy: GROUPS, faults });
      assert.equal(scene.duo.count("preauth"), 1);
      assert.deepEqual(
        record.notes.map(({ kind }) => kind),
        ["groups-unknown"],
      );
    });
  }

  it("asks for the factor while a group that it names is not there", async () => {
    const { scene, record } = await play({ duo, policy: { groups: ["wheel", "wheeel"] } });
    assert.equal(scene.duo.count("preauth"), 1);
    const detail = "the group wheeel could not be found: not-found";
    assert.deepEqual(record.notes, [{ kind: "groups-unknown", detail }]);
  });

  it("lets by who is in none of the groups with a wildcard, which cannot be looked up", async () => {
    const { verdictText, record } = await play({ duo, policy: { groups: ["adm*", "?heel,!alice"] } });
    assert.deepEqual([verdictText, record.notes], ["allow outside-groups", []]);
  });

  it("knows AD's names with domains and spaces", async () => {
    const accounts = [
      { name: "CORP\\alice", uid: 1000, groups: ["CORP\\domain users"] },
      { name: "bob smith@corp.example", uid: 1001, groups: ["domain admins@corp.example"] },
    ];
    const asked = async (user: string, groups: readonly string[]) =>
      (await play({ duo, accounts, facts: { user }, policy: { groups } })).scene.duo.count("preauth");
    assert.equal(await asked("CORP\\alice", ["CORP\\domain users"]), 1);
    assert.equal(await asked("CORP\\alice", ["*\\domain*"]), 1);
    assert.equal(await asked("CORP\\alice", ["domain admins@corp.example"]), 0);
    assert.equal(await asked("bob smith@corp.example", ["domain admins@*"]), 1);
  });

  it("asks for everybody's where there are none", async () => {
    const { scene } = await play({ duo, policy: { groups: [] } });
    assert.equal(scene.duo.count("preauth"), 1);
  });
});
