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
  ]) {
    it(`asks for the factor when a look-up fails: ${JSON.stringify(faults)}`, async () => {
      const { scene } = await play({ duo, policy: GROUPS, faults });
      assert.equal(scene.duo.count("preauth"), 1);
    });
  }

  it("asks for everybody's where there are none", async () => {
    const { scene } = await play({ duo, policy: { groups: [] } });
    assert.equal(scene.duo.count("preauth"), 1);
  });
});
