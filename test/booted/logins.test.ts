// Logins through the installed package on a booted machine, behind each door: allowed, denied, and while Duo is away. The
// module is enabled by pam-auth-update. What each asks and how it looks is tested in test/system.

import assert from "node:assert/strict";
import { booted } from "../support/booted.ts";
import { DOORS } from "../support/booted-doors.ts";
import { letPamAsk } from "../support/booted-enable.ts";
import {
  assertHealthy,
  assertQuietJournal,
  decisions,
  installedStage,
  knockWith,
  reconfigure,
  type Stage,
  whileDuoIsAway,
} from "./stage.ts";

const suite = await booted(import.meta.url, { withPackage: true });

let stage: Stage & AsyncDisposable;
suite.before(async () => {
  stage = await installedStage(suite);
});
suite.after(async () => {
  await stage[Symbol.asyncDispose]();
});

for (const door of DOORS) {
  suite.test(`${door.name}: installed and configured, but not enabled: the password is enough`, async () => {
    assert.equal(await knockWith(stage, door, "deny"), "in");
    assert.deepEqual(await decisions(stage), []);
  });
}

suite.test("pam-auth-update enables it", async () => {
  await letPamAsk(stage.machine);
  await stage.machine.sh("pam-auth-update --enable duogate");
});

for (const door of DOORS) {
  suite.test(`${door.name}: an approved push`, async () => {
    assert.equal(await knockWith(stage, door, "approve"), "in after a factor");
    assert.equal((await decisions(stage)).at(-1)?.["reason"], "duo-approved");
  });

  suite.test(`${door.name}: a denied push`, async () => {
    assert.equal(await knockWith(stage, door, "deny"), "refused after a factor");
  });

  suite.test(`${door.name}: a wrong password does not get as far as Duo`, async () => {
    stage.duo.reset();
    assert.equal(await door.knock(stage.machine, { password: "another", factor: "1" }), "refused");
    assert.equal(stage.duo.requests.filter(({ endpoint }) => endpoint === "preauth").length, 0);
  });

  for (const failmode of ["safe", "secure"] as const) {
    suite.test(`${door.name}: Duo is away, failmode = ${failmode}`, async () => {
      await reconfigure(stage, { failmode });
      const entry = await whileDuoIsAway(stage, () => knockWith(stage, door));
      assert.equal(entry, failmode === "safe" ? "in" : "refused");
      assert.equal((await decisions(stage)).at(-1)?.["reason"], `failmode-${failmode}`);
    });
  }
}

suite.test("nothing has failed, and the journal has no line that nobody expects", async () => {
  await assertHealthy(stage);
  await assertQuietJournal(stage, [/^\{.*"event":"decision"/u, /^\{.*"event":"outage"/u]);
});
