// The machine that the booted tests stand on, before anything of duogate is there: it boots, and each door lets the right
// password in and no other. Without this the other booted tests would prove nothing by a refusal.

import assert from "node:assert/strict";
import { booted } from "../support/booted.ts";
import { DOORS } from "../support/booted-doors.ts";
import type { Machine } from "../support/booted-machine.ts";

const suite = await booted(import.meta.url);

let machine: Machine;
suite.before(async () => {
  machine = await suite.boot();
});
suite.after(async () => {
  await machine[Symbol.asyncDispose]();
});

suite.test("systemd is the first process, and no unit has failed", async () => {
  assert.equal(await machine.sh("systemctl --failed --quiet; cat /proc/1/comm"), "systemd\n");
});

for (const door of DOORS) {
  suite.test(`${door.name}: the password of ${door.asks}, and another`, async () => {
    assert.equal(await door.knock(machine, { password: `${door.asks}-password` }), "in");
    assert.equal(await door.knock(machine, { password: "another" }), "refused");
  });
}
