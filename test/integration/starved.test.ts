// A time-out of a daemon that was given no time, under failmode = safe and for a user whose phone says no: no outage, and no way
// in. Stopping the process is what a thousand busy neighbours do to it, in a form that needs no luck.

import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as during } from "node:timers/promises";
import { startEmulator } from "../emulator/emulator.ts";
import { startDaemon } from "../support/gateway.ts";
import { runModule } from "../support/pam-module.ts";

/** What a login comes to whose preauth Duo does not answer, where the daemon is stopped for `stoppedMs` meanwhile. */
async function loginWhile(t: TestContext, stoppedMs: number) {
  const emulator = await startEmulator();
  t.after(() => emulator.close());
  emulator.whenPushed("alice", "deny");
  const duoLines = ["prompts = 1", "request_timeout = 1s"];
  const daemon = await startDaemon({ duo: emulator, failmode: "safe", duoLines, gatewayLines: ["keep_warm = 0"] });
  t.after(() => daemon.stop());
  await daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");
  emulator.fault("preauth", { kind: "silent" });
  const asked = emulator.nextRequest("preauth");
  const login = runModule({ socket: daemon.pamSocket, answers: ["1"] });
  await asked;
  if (stoppedMs > 0) {
    daemon.kill("SIGSTOP");
    await during(stoppedMs);
    daemon.kill("SIGCONT");
  }
  const { code } = await login;
  const { reason, failure, detail } = await daemon.event("decision");
  const outages = daemon.lines.filter(({ event }) => event === "outage-begin").length;
  return { code, reason, failure, detail: String(detail), outages };
}

describe("a daemon without time", () => {
  it("the time-out is this machine's, and no outage begins", async (t) => {
    const { code, reason, failure, detail, outages } = await loginWhile(t, 2500);
    assert.deepEqual([code, reason, failure], ["PAM_AUTH_ERR", "local-trouble", "local-trouble"]);
    assert.match(detail, /^this process got no time for \d+ of \d+ ms \(no answer in time\)$/);
    assert.equal(outages, 0);
  });

  it("where it had its time, the same silence is Duo's", async (t) => {
    const { code, reason, failure } = await loginWhile(t, 0);
    assert.deepEqual([code, reason, failure], ["PAM_SUCCESS", "failmode-safe", "timeout"]);
  });
});
