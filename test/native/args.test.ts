// Module arguments: a bad one refuses every login, whatever failmode says, and all bad ones are logged with what to write instead.

import assert from "node:assert/strict";
import { test } from "node:test";

import { prompt, welcome } from "./frames.ts";
import { pam, setStage } from "./stage.ts";

const bad: readonly (readonly [string, RegExp])[] = [
  ["failopen", /"failopen" is not known; write socket=PATH/],
  ["Debug", /"Debug" is not known/],
  ["debug=1", /"debug=1" is not known/],
  ["debug debug", /"debug" is given twice/],
  ["conf=/etc/duo/pam_duo.conf", /is not known/],
  ["failmode=open", /"failmode=open" is neither; write failmode=secure or failmode=safe/],
  ["failmode=", /write failmode=secure/],
  ["failmode=Safe", /write failmode=secure/],
  ["timeout=2", /"timeout=2" is out of range; write timeout=SECONDS from 3 to 3600/],
  ["timeout=3601", /out of range/],
  ["timeout=0x10", /out of range/],
  ["timeout=-5", /out of range/],
  ["timeout=99999999999999999999", /out of range/],
  ["timeout=", /out of range/],
  ["owner=root", /"owner=root" is given twice/],
];

for (const [argument, logged] of bad) {
  test(`${argument} refuses`, async (t) => {
    const stage = setStage(t);
    const safe = argument.startsWith("failmode") ? "" : "failmode=safe";
    stage.stack(`auth required @ ${safe} ${argument}`);
    const daemon = await stage.daemon((peer) => {
      peer.send(welcome());
      peer.allow();
    });
    const run = await stage.run();
    assert.deepEqual(run.results, [pam.serviceErr]);
    assert.match(run.logs.join(), logged);
    assert.equal(daemon.starts.length, 0);
  });
}

test("every bad argument is logged, and no control character reaches the log", async (t) => {
  const stage = setStage(t);
  stage.stack("auth required @@ socket=relative socket=/a/../b owner=root owner=4294967295 x\u001b[2J failmode=safe");
  const run = await stage.run();
  assert.deepEqual(run.results, [pam.serviceErr]);
  assert.equal(run.logs.length, 5);
  assert.match(run.logs[0] ?? "", /"socket=relative" is not an absolute path; write socket=\/run\/duogate\/pam.sock/);
  assert.match(run.logs[2] ?? "", /"owner=root" is not a user number/);
  assert.ok(run.logs[4]?.includes('"x\\x5cx1b[2J"'), run.logs[4]);
});

test("debug logs the steps and neither an answer nor a text", async (t) => {
  const stage = setStage(t);
  stage.stack("auth required @ debug");
  await stage.daemon(async (peer) => {
    peer.send(welcome(), prompt("Passcode for alice: ", false));
    await peer.answer();
    peer.allow();
  });
  const run = await stage.run("--answer", "987654");
  assert.deepEqual(run.results, [pam.success]);
  const log = run.logs.join("\n");
  for (const step of ["trusted the path", "connected to", "sent START", "received WELCOME", "received PROMPT"]) {
    assert.ok(log.includes(step), step);
  }
  assert.match(log, /log debug .*received VERDICT/);
  assert.match(log, /allowed user alice \(transaction t-1\)/);
  assert.doesNotMatch(log, /987654|Passcode for/);
});

test("without debug an allowed login logs nothing", async (t) => {
  const stage = setStage(t);
  await stage.daemon((peer) => {
    peer.send(welcome());
    peer.allow();
  });
  assert.deepEqual((await stage.run()).logs, []);
});
