// Who may ask for what: socket × peer × version × room, and whose login it becomes.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Door } from "../../../src/gateway/admission.ts";
import { entrant, factsOf } from "../../../src/gateway/entrance.ts";
import { FakeDirectory } from "../../support/fake-directory.ts";
import { start } from "../../support/fake-helper.ts";

const OWN_UID = 990;
const accounts = [
  { name: "root", uid: 0 },
  { name: "duogate", uid: OWN_UID },
  { name: "alice", uid: 1000 },
];

async function ask(door: Door, uid: number, options: { version?: number; admitted?: boolean; fault?: string } = {}) {
  const directory = new FakeDirectory(accounts, options.fault === undefined ? {} : { uid: options.fault });
  const result = await entrant({
    start: start({ user: "bob" }, { version: options.version ?? 1 }),
    door,
    peer: { uid, pid: 42 },
    ownUid: OWN_UID,
    admitted: options.admitted ?? true,
    directory,
  });
  if (result.ok) return result.value;
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

describe("factsOf", () => {
  it("believes root about the caller, and on login.sock the kernel", () => {
    const said = start({ caller: 0, rhost: "203.0.113.5", budget: 9000 }, { interactive: false });
    const peer = { uid: 1000, pid: 42 };
    assert.equal(factsOf(said, peer, "pam").callerUid, 0);
    assert.deepEqual(factsOf(said, peer, "login"), {
      user: "alice",
      service: "sudo",
      rhost: "203.0.113.5",
      interactive: false,
      showsMessages: true,
      budgetMs: 9000,
      callerUid: 1000,
    });
  });
});
