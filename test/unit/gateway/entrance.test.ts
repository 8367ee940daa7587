// Who may ask for what: socket × peer × version × room, and whose login it becomes.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Door } from "../../../src/gateway/admission.ts";
import { entrant, factsOf, givenFactorOf } from "../../../src/gateway/entrance.ts";
import { FakeDirectory } from "../../support/fake-directory.ts";
import { start } from "../../support/fake-helper.ts";

const OWN_UID = 990;
const accounts = [
  { name: "root", uid: 0 },
  { name: "duogate", uid: OWN_UID },
  { name: "alice", uid: 1000 },
  { name: "bob", uid: 1001 },
  { name: "toor", uid: 0 },
];

interface Asked {
  /** Whom START names; else the peer's own account, and bob where it has none. */
  readonly user?: string;
  readonly version?: number;
  readonly admitted?: boolean;
  readonly fault?: string;
  readonly nameFault?: string;
  readonly duoUser?: string;
}

/** uid 1000 may also be anna, and nobody else may be anybody else. */
const RULES = { users: [{ local: "alice", duo: "anna" }], acceptFactor: false, trustAddress: false };

function judge(door: Door, uid: number, options: Asked = {}) {
  const { fault, nameFault, duoUser, version = 1 } = options;
  const faults = {
    ...(fault === undefined ? {} : { uid: fault }),
    ...(nameFault === undefined ? {} : { user: nameFault }),
  };
  const user = options.user ?? accounts.find((account) => account.uid === uid)?.name ?? "bob";
  return entrant({
    start: start({ user, duoUser }, { version }),
    door,
    peer: { uid, pid: 42 },
    ownUid: OWN_UID,
    admitted: options.admitted ?? true,
    directory: new FakeDirectory(accounts, faults),
    rules: RULES,
  });
}

async function ask(door: Door, uid: number, options: Asked = {}) {
  const result = await judge(door, uid, options);
  if (result.ok) return [result.value.user, result.value.duoUser].filter((name) => name !== undefined).join(" as ");
  assert.notEqual(result.error.words, "");
  return `${result.error.verdict.kind} ${result.error.verdict.reason}`;
}

/** Peer uid and the user that START names; what comes of it on pam.sock and on login.sock. */
const PEERS: readonly (readonly [number, string, string, string])[] = [
  [0, "root", "root", "root"],
  [0, "alice", "alice", "deny not-own-account"],
  [OWN_UID, "duogate", "duogate", "duogate"],
  [OWN_UID, "bob", "bob", "deny not-own-account"],
  [1000, "alice", "deny peer-not-allowed", "alice"],
  [1000, "bob", "deny peer-not-allowed", "deny not-own-account"],
  [1000, "root", "deny peer-not-allowed", "deny not-own-account"],
  [1000, "Alice", "deny peer-not-allowed", "deny unknown-user"],
  [1000, "nobody-here", "deny peer-not-allowed", "deny unknown-user"],
  [4242, "alice", "deny peer-not-allowed", "deny unknown-user"],
  // Two names of one uid are one account. Its first name counts, which a claim does not change.
  [0, "toor", "toor", "root"],
];

describe("entrant", () => {
  for (const [uid, user, pam, login] of PEERS) {
    for (const [door, wanted] of [
      ["pam", pam],
      ["login", login],
    ] as const) {
      it(`uid ${uid} for ${user} on ${door}.sock: ${wanted}`, async () =>
        assert.equal(await ask(door, uid, { user }), wanted));

      for (const version of [0, 2, 255]) {
        it(`uid ${uid} for ${user} on ${door}.sock with version ${version}: misconfigured`, async () => {
          assert.equal(await ask(door, uid, { user, version }), "misconfigured protocol-version");
          assert.equal(await ask(door, uid, { user, version, admitted: false }), "misconfigured protocol-version");
        });
      }

      it(`uid ${uid} for ${user} on ${door}.sock when there is no room: denied`, async () => {
        const verdict = wanted === "deny peer-not-allowed" ? wanted : "deny too-many-logins";
        assert.equal(await ask(door, uid, { user, admitted: false }), verdict);
      });
    }
  }

  it("lets nobody in under a name that could not be looked up", async () => {
    for (const fault of ["timeout", "busy", "not-found"]) {
      assert.equal(await ask("login", 1000, { fault }), "deny unknown-user");
      assert.equal(await ask("login", 1000, { nameFault: fault }), "deny unknown-user");
    }
  });

  it("says in words to the user what to do about a program that logs in others", async () => {
    const refused = await judge("login", 1000, { user: "bob" });
    assert.match(refused.ok ? "" : refused.error.words, /the account that it runs as, and about no other/);
  });

  it("writes a peer without rights down by what the kernel knows of it, whatever it calls itself", async () => {
    const table: readonly (readonly [Door, number, Asked, string])[] = [
      ["pam", 0, { version: 2, user: "bob" }, "bob"],
      ["pam", 1000, { user: "bob" }, "uid 1000"],
      ["login", 1000, { version: 2, user: "bob" }, "uid 1000"],
      ["login", 1000, { admitted: false, user: "bob" }, "uid 1000"],
      ["login", 4242, { user: "bob" }, "uid 4242"],
      ["login", 1000, { user: "bob" }, "alice"],
      ["login", 1000, { user: "nobody-here" }, "alice"],
      ["login", 1000, { duoUser: "root" }, "alice"],
    ];
    for (const [door, uid, asked, wanted] of table) {
      const refused = await judge(door, uid, asked);
      assert.equal(refused.ok ? "let in" : refused.error.user, wanted, JSON.stringify([door, uid, asked]));
    }
  });
});

/** Peer uid, the Duo name it gives, and what comes of it on login.sock. */
const MAPPINGS: readonly (readonly [number, string, string])[] = [
  [1000, "anna", "alice as anna"],
  [1000, "alice", "alice"],
  [1000, "Anna", "deny mapping-not-allowed"],
  [1000, "anna ", "deny mapping-not-allowed"],
  [1000, "root", "deny mapping-not-allowed"],
  [1000, "bob", "deny mapping-not-allowed"],
  [OWN_UID, "anna", "deny mapping-not-allowed"],
  [OWN_UID, "alice", "deny mapping-not-allowed"],
  [0, "anna", "deny mapping-not-allowed"],
];

describe("a name at Duo that the helper gives", () => {
  for (const [uid, duoUser, wanted] of MAPPINGS) {
    it(`uid ${uid} says ${JSON.stringify(duoUser)} on login.sock: ${wanted}`, async () =>
      assert.equal(await ask("login", uid, { duoUser }), wanted));
  }

  it("is ignored on pam.sock", async () => assert.equal(await ask("pam", 0, { user: "bob", duoUser: "anna" }), "bob"));

  it("permits nothing where the peer's own account is not known", async () =>
    assert.equal(await ask("login", 1000, { duoUser: "anna", fault: "timeout" }), "deny unknown-user"));
});

describe("a factor that the helper gives", () => {
  const said = start({ factor: "123456" });
  const peer = { uid: 1000, pid: 42 };
  const accepting = { ...RULES, acceptFactor: true };
  const ownUid = OWN_UID;

  it("is taken on login.sock where the configuration accepts it, and nowhere else", () => {
    assert.equal(givenFactorOf(said, { peer, ownUid, door: "login", rules: accepting })?.reveal(), "123456");
    assert.equal(givenFactorOf(said, { peer, ownUid, door: "login", rules: RULES }), undefined);
    assert.equal(givenFactorOf(said, { peer, ownUid, door: "pam", rules: accepting }), undefined);
    assert.equal(givenFactorOf(start(), { peer, ownUid, door: "login", rules: accepting }), undefined);
  });

  it("is no fact, so that it is in no decision's line", () => {
    const facts = factsOf(said, { peer, ownUid, door: "login", rules: accepting }, "alice");
    assert.ok(!JSON.stringify(facts).includes("123456"));
  });
});

describe("factsOf", () => {
  const said = start({ caller: 0, rhost: "203.0.113.5", budget: 9000 }, { interactive: false });
  const stranger = { uid: 1000, pid: 42 };
  const root = { uid: 0, pid: 42 };

  it("believes root about the caller, and on login.sock the kernel", () => {
    const pam = factsOf(said, { peer: root, ownUid: OWN_UID, door: "pam", rules: RULES }, "alice");
    assert.deepEqual([pam.callerUid, pam.rhostTrusted, pam.claimedUser], [0, true, undefined]);
    const login = { peer: stranger, ownUid: OWN_UID, door: "login" } as const;
    const trusting = { ...RULES, trustAddress: true };
    assert.equal(factsOf(said, { ...login, rules: trusting }, "alice").rhostTrusted, true);
    assert.deepEqual(factsOf(said, { ...login, rules: RULES }, "alice"), {
      user: "alice",
      claimedUser: undefined,
      service: "login",
      rhost: "203.0.113.5",
      rhostTrusted: false,
      tty: undefined,
      ruser: undefined,
      command: undefined,
      interactive: false,
      showsMessages: true,
      unattended: false,
      again: false,
      budgetMs: 9000,
      callerUid: 1000,
    });
  });

  it("keeps a name that only START has as a claim", () => {
    const facts = factsOf(said, { peer: stranger, ownUid: OWN_UID, door: "login", rules: RULES }, "bob");
    assert.deepEqual([facts.user, facts.claimedUser], ["bob", "alice"]);
  });

  it("believes nothing of a peer that may not ask on pam.sock, which trust_login_address is not about", () => {
    const trusting = { ...RULES, trustAddress: true };
    const named = start({ user: "uid 1000", caller: 0, rhost: "203.0.113.5" });
    const facts = factsOf(named, { peer: stranger, ownUid: OWN_UID, door: "pam", rules: trusting }, "uid 1000");
    assert.deepEqual([facts.callerUid, facts.rhostTrusted], [1000, false]);
  });
});
