// For whom a peer of login.sock counts, and that strangers are known without asking again.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PeerAccounts } from "../../../src/gateway/peer-accounts.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { type DirectoryFaults, FakeDirectory } from "../../support/fake-directory.ts";

const STRANGER = { kind: "stranger" };
const ACCOUNTS = [
  { name: "alice", uid: 1000 },
  { name: "bob", uid: 1001 },
  { name: "carol", uid: 1002 },
  { name: "sub", uid: 100_005 },
  { name: "nobody", uid: 65_534 },
];

/** alice owns 100000 to 165535 by her name, bob 165536 to 231071 by his number. */
const ranges = {
  ownerOf: (uid: number) => (uid < 100_000 || uid > 231_071 ? undefined : uid < 165_536 ? "alice" : "1001"),
  ownAs: (name: string, uid: number) => [name, String(uid)].find((owner) => owner === "alice" || owner === "1001"),
};

function scene({ faults, unmappedUid }: { faults?: DirectoryFaults; unmappedUid?: number } = {}) {
  const clock = new FakeClock();
  const directory = new FakeDirectory(ACCOUNTS, faults);
  return { clock, directory, peers: new PeerAccounts({ clock, directory, ranges, unmappedUid }) };
}

describe("PeerAccounts", () => {
  it("counts an owner of subordinate uids and those uids as one account, everybody else by their uid", async () => {
    const { peers } = scene();
    const names = await Promise.all([1000, 100_005, 1001, 1002].map((uid) => peers.look(uid)));
    assert.deepEqual(
      names,
      ["alice", "alice", "1001", "1002"].map((name) => ({ kind: "account", name })),
    );
    assert.deepEqual(
      [100_007, 165_536, 1002].map((uid) => peers.provisional(uid)),
      ["alice", "1001", "1002"],
    );
  });

  it("calls a uid without an account a stranger, for some seconds without asking again", async () => {
    const { peers, clock, directory } = scene();
    assert.equal(peers.known(100_006), undefined);
    assert.deepEqual(await peers.look(100_006), STRANGER);
    assert.deepEqual(peers.known(100_006), STRANGER);
    clock.advance(5000);
    assert.equal(peers.known(100_006), undefined);
    assert.deepEqual(directory.lookups, ["uid 100006"]);
  });

  it("remembers a user for a minute", async () => {
    const { peers, clock } = scene();
    await peers.look(1000);
    clock.advance(59_999);
    assert.deepEqual(peers.known(1000), { kind: "account", name: "alice" });
    clock.advance(1);
    assert.equal(peers.known(1000), undefined);
  });

  it("does not take a look-up that failed for an answer", async () => {
    const { peers } = scene({ faults: { uid: "timeout" } });
    assert.deepEqual(await peers.look(100_006), { kind: "account", name: "alice" });
    assert.equal(peers.known(100_006), undefined);
  });

  it("asks once at a time for each uid", async () => {
    const { peers, directory } = scene();
    await Promise.all([peers.look(1000), peers.look(1000), peers.look(1001)]);
    assert.deepEqual(directory.lookups, ["uid 1000", "uid 1001"]);
    await peers.look(1000);
    assert.equal(directory.lookups.length, 3);
  });

  it("in a user namespace takes the overflow uid for nobody's, account or not, and does not ask", () => {
    const { peers, directory } = scene({ unmappedUid: 65_534 });
    assert.deepEqual(peers.known(65_534), STRANGER);
    assert.deepEqual(directory.lookups, []);
    assert.equal(scene().peers.known(65_534), undefined);
  });

  it("remembers a bounded number of uids, those looked up last", async () => {
    const { peers } = scene();
    for (let uid = 300_000; uid < 304_100; uid += 1) await peers.look(uid);
    assert.equal(peers.remembered, 4096);
    assert.deepEqual([peers.known(300_003), peers.known(304_099)], [undefined, STRANGER]);
  });
});
