// The way to Duo as the emulator sees it: how many connections logins need, what becomes of one that went stale, which TLS is
// spoken, and that a wrong clock is mended by asking. Failures of the way are test/fault/matrix.test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { expectDrains } from "../support/leak.ts";
import { runModule } from "../support/pam-module.ts";
import { decision, loginRequests, type Stage, setStage } from "../support/pam-stage.ts";

const keysChecked = ({ daemon }: Stage) =>
  daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");

test("a daemon that is warm opens no connection for a passcode, and one for the poll of its first push", async (t) => {
  const stage = await setStage(t);
  const { daemon, emulator } = stage;
  await keysChecked(stage);
  emulator.whenPushed("alice", "approve");
  const warm = emulator.connections.accepted;
  for (const answer of ["100001", "100002"]) {
    assert.equal((await runModule({ socket: daemon.pamSocket, answers: [answer] })).code, "PAM_SUCCESS");
  }
  // The daemon's own ping may need one beside the login's.
  const afterPasscodes = emulator.connections.accepted;
  assert.ok(afterPasscodes - warm <= 1, `${afterPasscodes - warm} connections for two passcodes`);
  for (let count = 0; count < 3; count += 1) {
    assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["1"] })).code, "PAM_SUCCESS");
  }
  const forPushes = emulator.connections.accepted - afterPasscodes;
  assert.ok(forPushes <= 1, `${forPushes} connections for three pushes`);
  await expectDrains(daemon, emulator);
});

test("connections that Duo closed while they were idle cost no login and no second push", async (t) => {
  const stage = await setStage(t, { failmode: "secure" });
  const { daemon, emulator } = stage;
  await keysChecked(stage);
  emulator.whenPushed("alice", "approve");
  for (let count = 0; count < 3; count += 1) {
    const after = daemon.lines.length;
    // Ends every connection that is open.
    emulator.fault("connect", { kind: "refuse" });
    emulator.clearFaults();
    const before = emulator.pushes.length;
    assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["1"] })).code, "PAM_SUCCESS");
    assert.equal(emulator.pushes.length, before + 1);
    assert.equal((await decision(daemon, after))["reason"], "duo-approved");
  }
});

for (const maxTlsVersion of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`a server that speaks at most ${maxTlsVersion} will do`, async (t) => {
    const { daemon, emulator } = await setStage(t, { emulator: { maxTlsVersion } });
    assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["100001"] })).code, "PAM_SUCCESS");
    assert.deepEqual([...new Set(loginRequests(emulator).map(({ protocol }) => protocol))], [maxTlsVersion]);
  });
}

test("a clock that is off by an hour is mended by asking Duo for the time", async (t) => {
  const { daemon, emulator } = await setStage(t);
  for (const seconds of [3600, -3600, 0]) {
    // Between two logins: the daemon believes in the old time, is refused once, asks and says it again.
    emulator.setClockSkew(seconds);
    assert.equal(
      (await runModule({ socket: daemon.pamSocket, answers: ["100001"], user: "carol" })).code,
      "PAM_SUCCESS",
    );
  }
});

test("a clock that is off by days is not believed: nobody gets in, with failmode=safe neither", async (t) => {
  const before = (emulator: Stage["emulator"]) => emulator.setClockSkew(3 * 24 * 3600);
  const { daemon } = await setStage(t, { failmode: "safe", before });
  assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["100001"] })).code, "PAM_SERVICE_ERR");
  assert.equal((await decision(daemon))["reason"], "duo-clock");
});

test("a server that cannot prove itself is sent nothing", async (t) => {
  const { daemon, emulator } = await setStage(t, { failmode: "secure" });
  // Ends the connections of the start, which were to the true server.
  emulator.fault("connect", { kind: "refuse" });
  emulator.clearFaults();
  emulator.fault("tls", { kind: "certificate", certificate: "not-yet-valid" });
  assert.equal((await runModule({ socket: daemon.pamSocket })).code, "PAM_AUTHINFO_UNAVAIL");
  assert.equal((await daemon.event("failmode-used"))["failure"], "tls-failed");
  // No request, and with it no signature, went to somebody who is not Duo.
  assert.equal(loginRequests(emulator).length, 0);
});
