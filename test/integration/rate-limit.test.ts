// Duo's limit on requests, used up by a user without rights: it is Duo's answer and no outage, so that failmode = safe lets
// nobody in by it. Real module, real daemon, the emulator's limit.

import assert from "node:assert/strict";
import { userInfo } from "node:os";
import { test } from "node:test";
import { HelperClient, start } from "../support/helper-client.ts";
import { runModule } from "../support/pam-module.ts";
import { decision, setStage } from "../support/pam-stage.ts";

const OWN_NAME = userInfo().username;
const LIMIT = 10;

for (const retryAfter of ["Retry-After", undefined] as const) {
  const named = retryAfter === undefined ? "without a word when it is over" : "for an hour";
  test(`logins on login.sock that use up Duo's limit let nobody in by failmode = safe, ${named}`, async (t) => {
    const { daemon, emulator } = await setStage(t, { failmode: "safe", gatewayLines: ["max_logins_per_uid = 64"] });
    emulator.setUser("alice", { status: "disabled" });
    emulator.setUser(OWN_NAME, { status: "bypass" });
    const header = retryAfter === undefined ? {} : { header: retryAfter };
    emulator.setPolicy({ rateLimit: { requests: LIMIT, windowMs: 3_600_000, per: "account", ...header } });
    for (let login = 0; login < LIMIT; login += 1) {
      const helper = await HelperClient.connect(daemon.loginSocket);
      helper.send(start({ user: OWN_NAME, service: "login_duogate" }));
      assert.equal((await helper.nextOf("verdict")).verdict, "allow");
    }
    const after = daemon.lines.length;
    assert.equal((await runModule({ socket: daemon.pamSocket })).code, "PAM_AUTH_ERR");
    const line = await decision(daemon, after);
    assert.deepEqual([line["verdict"], line["reason"]], ["deny", "duo-refused"]);
  });
}
