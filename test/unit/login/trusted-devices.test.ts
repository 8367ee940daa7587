// Remembered devices: for one user, one address and one application; forgotten in time, on demand and when there are too many.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Secret } from "../../../src/core/secret.ts";
import { KEEP_MAX_MS, TrustedDevices } from "../../../src/login/trusted-devices.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const ALICE = { username: "alice", ipaddr: "203.0.113.5", ikey: "DI1" } as const;

function store(): { readonly clock: FakeClock; readonly devices: TrustedDevices } {
  const clock = new FakeClock();
  return { clock, devices: new TrustedDevices(clock) };
}

describe("a remembered device", () => {
  it("is given back to the same user, address and application only", () => {
    const { devices } = store();
    devices.keep(ALICE, new Secret("t"));
    assert.equal(devices.get(ALICE)?.reveal(), "t");
    assert.equal(devices.get({ ...ALICE, username: "Alice" })?.reveal(), "t", "Duo folds case");
    assert.equal(devices.get({ ...ALICE, username: "bob" }), undefined);
    assert.equal(devices.get({ ...ALICE, ipaddr: "203.0.113.6" }), undefined);
    assert.equal(devices.get({ ...ALICE, ikey: "DI2" }), undefined);
    assert.equal(devices.get({ ...ALICE, username: 'alice","203.0.113.5' }), undefined);
  });

  it("is not kept for a login without an address", () => {
    const { devices } = store();
    devices.keep({ ...ALICE, ipaddr: undefined }, new Secret("t"));
    assert.equal(devices.size, 0);
    assert.equal(devices.get({ ...ALICE, ipaddr: undefined }), undefined);
  });

  it("ends when its own time says so, and after a day at the latest", async () => {
    const { clock, devices } = store();
    const end = Math.floor(clock.wallMs() / 1000) + 60;
    devices.keep(ALICE, new Secret(`YWJj||${end}||${"0".repeat(40)}`));
    devices.keep({ ...ALICE, username: "bob" }, new Secret(`YWJj||${end + 10_000_000}||${"0".repeat(40)}`));
    await clock.advance(61_000);
    assert.equal(devices.get(ALICE), undefined);
    assert.ok(devices.get({ ...ALICE, username: "bob" }));
    await clock.advance(KEEP_MAX_MS);
    assert.equal(devices.get({ ...ALICE, username: "bob" }), undefined);
    assert.equal(devices.size, 0);
  });

  it("is forgotten for one login, for a user, and for all", () => {
    const { devices } = store();
    const elsewhere = { ...ALICE, ipaddr: "2001:db8::1" };
    const bob = { ...ALICE, username: "bob", ikey: "DI2" };
    const fill = () => {
      for (const holder of [ALICE, elsewhere, bob]) devices.keep(holder, new Secret("t"));
    };
    fill();
    devices.forget(ALICE);
    assert.deepEqual([devices.get(ALICE), devices.size], [undefined, 2]);
    fill();
    assert.equal(devices.revokeUser("ALICE"), 2);
    assert.equal(devices.size, 1);
    fill();
    assert.equal(devices.revokeAll(), 3);
    assert.equal(devices.size, 0);
  });

  it("makes room by dropping the oldest", () => {
    const { devices } = store();
    for (let i = 0; i <= 10_000; i += 1) devices.keep({ ...ALICE, username: `user${i}` }, new Secret("t"));
    assert.equal(devices.size, 10_000);
    assert.equal(devices.get({ ...ALICE, username: "user0" }), undefined);
    assert.ok(devices.get({ ...ALICE, username: "user10000" }));
  });
});
