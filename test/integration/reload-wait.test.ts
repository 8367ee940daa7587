// `duogate reload`, which systemctl reload ends with: when it returns, the next login is decided by the new file.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { askDaemon } from "../../src/cli/control/control-client.ts";
import { runModule } from "../support/pam-module.ts";
import { setStage } from "../support/pam-stage.ts";

const AWAY = ["connect_timeout = 500ms", "request_timeout = 1s"];

test("what it returned for is in force: failmode changes back and forth, each login meets the file of its moment", async (t) => {
  const { daemon, emulator } = await setStage(t, { duoLines: AWAY });
  const socket = join(daemon.folder, "control.sock");
  emulator.fault("connect", { kind: "refuse" });
  for (const [failmode, code] of [
    ["safe", "PAM_SUCCESS"],
    ["secure", "PAM_AUTHINFO_UNAVAIL"],
    ["safe", "PAM_SUCCESS"],
  ] as const) {
    daemon.writeConfig({ failmode, duoLines: AWAY });
    assert.deepEqual(await askDaemon(socket, "POST", "/reload"), { ok: true, value: { reloaded: true } });
    assert.equal((await runModule({ socket: daemon.pamSocket })).code, code);
  }
});

test("a file with a mistake is refused with its words, and the old one goes on", async (t) => {
  const { daemon } = await setStage(t);
  const socket = join(daemon.folder, "control.sock");
  daemon.writeConfig({ duoLines: ["prompts = many"] });
  const answer = await askDaemon(socket, "POST", "/reload");
  assert.ok(!answer.ok);
  assert.match(answer.error, /duogate\.conf:\d+: .*prompts/);
  assert.equal((await runModule({ socket: daemon.pamSocket, user: "carol" })).code, "PAM_SUCCESS");
});

test("reloads at once come one after the other, and the file read last stays", async (t) => {
  const { daemon, emulator } = await setStage(t, { duoLines: AWAY });
  const socket = join(daemon.folder, "control.sock");
  emulator.fault("connect", { kind: "refuse" });
  daemon.writeConfig({ failmode: "secure", duoLines: AWAY });
  const early = askDaemon(socket, "POST", "/reload");
  daemon.writeConfig({ failmode: "safe", duoLines: AWAY });
  const late = askDaemon(socket, "POST", "/reload");
  assert.ok((await early).ok && (await late).ok);
  assert.equal((await runModule({ socket: daemon.pamSocket })).code, "PAM_SUCCESS");
});
