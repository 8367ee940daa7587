// SIGHUP while logins are pending: they go on under the settings and keys that they began with, new ones take the new ones, and
// a configuration that is not right changes nothing.

import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { startEmulator } from "../emulator/emulator.ts";
import { HelperClient, start } from "../support/helper-client.ts";
import { baseline, eventually, expectDescriptors, expectDrains } from "../support/leak.ts";
import { runModule } from "../support/pam-module.ts";
import { decision, expectNoSecrets, loginRequests, pollHeld, setStage } from "../support/pam-stage.ts";

test("a pending login ends with the old keys at the old host, the next one takes the new ones", async (t) => {
  const { daemon, emulator: old } = await setStage(t);
  const next = await startEmulator();
  t.after(() => next.close());
  const prompted = await HelperClient.connect(daemon.pamSocket);
  prompted.send(start());
  await prompted.nextOf("prompt");
  const polling = await HelperClient.connect(daemon.pamSocket);
  polling.send(start({ user: "bob" }));
  await polling.nextOf("prompt");
  polling.answer("1");
  await pollHeld(old, 0);

  daemon.writeConfig({ duo: next, duoLines: ["autopush = yes"] });
  daemon.kill("SIGHUP");
  assert.equal((await daemon.event("reloaded"))["keys_changed"], true);
  const after = daemon.lines.length;
  next.whenPushed("alice", "approve");
  assert.equal((await runModule({ socket: daemon.pamSocket })).code, "PAM_SUCCESS");
  assert.equal((await decision(daemon, after))["pushes"], 1);
  assert.equal(next.pushes.length, 1);

  old.approve("bob");
  assert.equal((await polling.nextOf("verdict")).verdict, "allow");
  prompted.answer("100001");
  assert.equal((await prompted.nextOf("verdict")).verdict, "allow");
  const fresh = loginRequests(next).length;
  assert.equal(old.requests.filter(({ endpoint }) => endpoint === "auth").length, 2);
  // Nobody needs the old host any more.
  await eventually("no connection to the old host", () => old.connections.open === 0);
  assert.equal(loginRequests(next).length, fresh);
  expectNoSecrets({ daemon, emulator: old }, [next.skey, "100001"]);
  await expectDrains(daemon, next);
});

test("devices that Duo remembered under keys that have changed are forgotten, under the same keys again too", async (t) => {
  const { daemon, emulator } = await setStage(t, { emulator: { policy: { rememberedDeviceSeconds: 3600 } } });
  const { host, ikey, caFile } = emulator;
  emulator.whenPushed("alice", "approve");
  const login = async () => {
    const answers = ["1"];
    const { code } = await runModule({ socket: daemon.pamSocket, items: { rhost: "203.0.113.5" }, answers });
    assert.equal(code, "PAM_SUCCESS");
    return emulator.pushes.length;
  };
  const reload = async (keysChanged: boolean) => {
    const after = daemon.lines.length;
    daemon.kill("SIGHUP");
    const { event, keys_changed } = await daemon.line((line) => String(line["event"]).startsWith("reload"), { after });
    assert.deepEqual([event, keys_changed], ["reloaded", keysChanged]);
  };
  assert.deepEqual([await login(), await login()], [1, 1]);
  await reload(false);
  assert.equal(await login(), 1);
  daemon.writeConfig({ duo: { host, ikey, caFile, skey: [...emulator.skey].reverse().join("") } });
  await reload(true);
  daemon.writeConfig({ duo: emulator });
  await reload(true);
  assert.equal(await login(), 2, "a remembered device outlived the keys");
});

test("a configuration that is not right is refused loudly and the old one stays", async (t) => {
  const { daemon, emulator } = await setStage(t);
  const pending = await HelperClient.connect(daemon.pamSocket);
  pending.send(start());
  await pending.nextOf("prompt");
  const spoilers = [
    () => writeFileSync(daemon.configFile, "[duo]\nskey = short\nfailmode = open\n"),
    () => {
      daemon.writeConfig({});
      chmodSync(daemon.configFile, 0o644);
    },
  ];
  for (const spoil of spoilers) {
    spoil();
    const after = daemon.lines.length;
    daemon.kill("SIGHUP");
    const refused = await daemon.event("reload-refused", { after });
    assert.equal(refused["level"], "error");
    assert.match(String(refused["problems"]), /duogate\.conf/);
    assert.equal((await runModule({ socket: daemon.pamSocket, user: "carol" })).code, "PAM_SUCCESS");
  }
  pending.answer("100001");
  assert.equal((await pending.nextOf("verdict")).verdict, "allow");
  chmodSync(daemon.configFile, 0o600);
  daemon.kill("SIGHUP");
  await daemon.event("reloaded");
  expectNoSecrets({ daemon, emulator }, []);
  await expectDrains(daemon, emulator);
});

test("many reloads leave nothing behind", async (t) => {
  const { daemon, emulator } = await setStage(t);
  await daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");
  const before = baseline(daemon);
  for (let count = 0; count < 10; count += 1) {
    const after = daemon.lines.length;
    daemon.kill("SIGHUP");
    await daemon.event("reloaded", { after });
    assert.equal((await runModule({ socket: daemon.pamSocket, user: "carol" })).code, "PAM_SUCCESS");
  }
  await expectDescriptors(daemon, before);
  // One generation: two pools, and two sockets of the emulator for each connection.
  await eventually("the connections of one generation", () => emulator.connections.open <= 4);
  await expectDrains(daemon, emulator);
});

test("a reload while Duo is silent holds up nothing and nobody", async (t) => {
  const { daemon, emulator } = await setStage(t);
  emulator.fault("ping", { kind: "silent" });
  emulator.fault("check", { kind: "silent" });
  for (let count = 0; count < 3; count += 1) {
    const after = daemon.lines.length;
    daemon.kill("SIGHUP");
    await daemon.event("reloaded", { after });
  }
  assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["100001"] })).code, "PAM_SUCCESS");
  await expectDrains(daemon, emulator);
});

test("a reload in an outage goes on with it: it begins once and ends once", async (t) => {
  const { daemon, emulator } = await setStage(t, { duoLines: ["connect_timeout = 500ms", "request_timeout = 1s"] });
  await daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");
  emulator.fault("connect", { kind: "refuse" });
  assert.equal((await runModule({ socket: daemon.pamSocket })).code, "PAM_AUTHINFO_UNAVAIL");
  await daemon.event("outage-begin");
  // A policy of our own, which no connection depends on.
  daemon.writeConfig({ duoLines: ["connect_timeout = 500ms", "request_timeout = 1s", "prompts = 1"] });
  const after = daemon.lines.length;
  daemon.kill("SIGHUP");
  await daemon.event("reloaded", { after });
  assert.equal((await runModule({ socket: daemon.pamSocket })).code, "PAM_AUTHINFO_UNAVAIL");
  emulator.clearFaults();
  const end = await daemon.event("outage-end");
  assert.equal(end["affected_logins"], 2);
  const changes = daemon.lines.filter(({ event }) => event === "outage-begin" || event === "outage-end");
  assert.deepEqual(
    changes.map(({ event }) => event),
    ["outage-begin", "outage-end"],
  );
  await expectDrains(daemon, emulator);
});
