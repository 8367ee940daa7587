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
];

interface Asked {
  readonly version?: number;
  readonly admitted?: boolean;
  readonly fault?: string;
  readonly duoUser?: string;
}

/** uid 1000 may also be anna, and nobody else may be anybody else. */
const RULES = { users: [{ local: "alice", duo: "anna" }], acceptFactor: false, trustAddress: false };

async function ask(door: Door, uid: number, options: Asked = {}) {
  const directory = new FakeDirectory(accounts, options.fault === undefined ? {} : { uid: options.fault });
  const result = await entrant({
    start: start({ user: "bob", duoUser: options.duoUser }, { version: options.version ?? 1 }),
    door,
    peer: { uid, pid: 42 },
    ownUid: OWN_UID,
    admitted: options.admitted ?? true,
    directory,
    rules: RULES,
  });
  if (result.ok) return [result.value.user, result.value.duoUser].filter((name) => name !== undefined).join(" as ");
  assert.notEqual(result.error.words, "");
  return `${result.error.verdict.kind} ${result.error.verdict.reason}`;
}

/** Peer uid; what it gets on pam.sock and on login.sock when START says user bob. */
const PEERS: readonly (readonly [number, string, string])[] = [
  [0, "bob", "root"],
  [OWN_UID, "bob", "duogate"],
  [1000, "deny peer-not-allowed", "alice"],
  [4242, "deny peer-not-allowed", "deny unknown-user"],
];

describe("entrant", () => {
  for (const [uid, pam, login] of PEERS) {
    for (const [door, wanted] of [
      ["pam", pam],
      ["login", login],
    ] as const) {
      it(`uid ${uid} on ${door}.sock: ${wanted}`, async () => assert.equal(await ask(door, uid), wanted));

      for (const version of [0, 2, 255]) {
        it(`uid ${uid} on ${door}.sock with version ${version}: misconfigured`, async () => {
          assert.equal(await ask(door, uid, { version }), "misconfigured protocol-version");
          assert.equal(await ask(door, uid, { version, admitted: false }), "misconfigured protocol-version");
        });
      }

      it(`uid ${uid} on ${door}.sock when there is no room: denied`, async () => {
        const verdict = wanted === "deny peer-not-allowed" ? wanted : "deny too-many-logins";
        assert.equal(await ask(door, uid, { admitted: false }), verdict);
      });
    }
  }

  it("lets nobody in under a name that could not be looked up", async () => {
    for (const fault of ["timeout", "busy", "not-found"]) {
      assert.equal(await ask("login", 1000, { fault }), "deny unknown-user");
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

  it("is ignored on pam.sock", async () => assert.equal(await ask("pam", 0, { duoUser: "anna" }), "bob"));

  it("permits nothing where the peer's own account is not known", async () =>
    assert.equal(await ask("login", 1000, { duoUser: "anna", fault: "timeout" }), "deny unknown-user"));
});

describe("a factor that the helper gives", () => {
  const said = start({ factor: "123456" });
  const peer = { uid: 1000, pid: 42 };
  const accepting = { ...RULES, acceptFactor: true };

  it("is taken on login.sock where the configuration accepts it, and nowhere else", () => {
    assert.equal(givenFactorOf(said, { peer, door: "login", rules: accepting })?.reveal(), "123456");
    assert.equal(givenFactorOf(said, { peer, door: "login", rules: RULES }), undefined);
    assert.equal(givenFactorOf(said, { peer, door: "pam", rules: accepting }), undefined);
    assert.equal(givenFactorOf(start(), { peer, door: "login", rules: accepting }), undefined);
  });

  it("is no fact, so that it is in no decision's line", () => {
    const facts = factsOf(said, { peer, door: "login", rules: accepting });
    assert.ok(!JSON.stringify(facts).includes("123456"));
  });
});

describe("factsOf", () => {
  it("believes root about the caller, and on login.sock the kernel", () => {
    const said = start({ caller: 0, rhost: "203.0.113.5", budget: 9000 }, { interactive: false });
    const peer = { uid: 1000, pid: 42 };
    const pam = factsOf(said, { peer, door: "pam", rules: RULES });
    assert.deepEqual([pam.callerUid, pam.rhostTrusted], [0, true]);
    const trusting = { ...RULES, trustAddress: true };
    assert.equal(factsOf(said, { peer, door: "login", rules: trusting }).rhostTrusted, true);
    assert.deepEqual(factsOf(said, { peer, door: "login", rules: RULES }), {
      user: "alice",
      service: "sudo",
      rhost: "203.0.113.5",
      rhostTrusted: false,
      tty: undefined,
      ruser: undefined,
      command: undefined,
      interactive: false,
      showsMessages: true,
      budgetMs: 9000,
      callerUid: 1000,
    });
  });
});
