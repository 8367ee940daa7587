// Hanging up does not give the phone free: a helper that is killed while its push is out leaves the push on the phone, and
// whoever comes back waits until it has ended. The attack: hang up and come back, as fast as the daemon lets one.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HelperClient, start } from "../support/helper-client.ts";
import { baseline, eventually, expectDescriptors, expectDrains } from "../support/leak.ts";
import { runModule } from "../support/pam-module.ts";
import { pollHeld, type Stage, setStage } from "../support/pam-stage.ts";

const BUSY = /^(?:Another login|\d+ other logins) of yours/;
const HANG_UPS = 25;

/** A login of the real module, killed as soon as it has rung or was told that another one has. */
async function killedLogin({ daemon, emulator }: Stage, after: number): Promise<void> {
  const kill = new AbortController();
  // The first one's push is known to be out; afterwards every request to send one is one too many.
  void emulator.nextRequest(after === 0 ? "auth_status" : "auth", { after }).then(
    () => kill.abort(),
    () => undefined,
  );
  const onShown = ({ text }: { readonly text: string }) => {
    if (BUSY.test(text)) kill.abort();
  };
  // A waiting prompt stays without an answer: whoever hangs up gives none.
  const typed = () =>
    new Promise<undefined>((resolve) => kill.signal.addEventListener("abort", () => resolve(undefined)));
  const login = { socket: daemon.pamSocket, answers: ["1", typed], signal: kill.signal, onShown };
  assert.equal((await runModule(login)).code, "killed");
}

const lastRequest = ({ emulator }: Stage): number => emulator.requests.at(-1)?.sequence ?? 0;
const pushesOf = ({ emulator }: Stage): number => emulator.pushes.filter(({ user }) => user === "alice").length;
const gone = (stage: Stage, count: number): Promise<void> =>
  eventually("the decisions of those who hung up", () => {
    return stage.daemon.lines.filter(({ reason }) => reason === "helper-gone").length >= count;
  });

/** The next login of alice, up to the push that it gets. */
async function ringsAgain(stage: Stage): Promise<void> {
  const { daemon, emulator } = stage;
  const before = pushesOf(stage);
  emulator.whenPushed("alice", "approve");
  assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["1", ""] })).code, "PAM_SUCCESS");
  assert.equal(pushesOf(stage), before + 1);
}

describe("hanging up while a push is out", { concurrency: 3, timeout: 40_000 }, () => {
  test("again and again rings once, and once more when that push has been answered", async (t) => {
    const stage = await setStage(t);
    const { daemon, emulator } = stage;
    await daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");
    const before = baseline(daemon);
    for (let n = 0; n < HANG_UPS; n += 1) await killedLogin(stage, n === 0 ? 0 : lastRequest(stage));
    await gone(stage, HANG_UPS);
    assert.equal(pushesOf(stage), 1);
    const lines = daemon.lines.length;
    emulator.approve("alice");
    await expectDescriptors(daemon, before);
    assert.ok(!daemon.lines.slice(lines).some(({ event }) => event === "decision"), "an approval decided nothing");
    await ringsAgain(stage);
    await expectDrains(daemon, emulator);
  });

  test("with auth sent and its answer not read rings once", async (t) => {
    const stage = await setStage(t);
    const { daemon, emulator } = stage;
    emulator.fault("auth", { kind: "silent" }, { times: 1 });
    const asked = emulator.nextRequest("auth", { after: 0 });
    const helper = await HelperClient.connect(daemon.pamSocket);
    helper.send(start());
    await helper.nextOf("prompt");
    helper.answer("1");
    await asked;
    helper.leave();
    await gone(stage, 1);
    for (let n = 0; n < 5; n += 1) await killedLogin(stage, lastRequest(stage));
    assert.equal(emulator.requests.filter(({ endpoint }) => endpoint === "auth").length, 1);
    await expectDrains(daemon, emulator);
  });

  test("and a reload that closes the way to Duo: the end of the push is still heard", async (t) => {
    const stage = await setStage(t);
    const { daemon, emulator } = stage;
    await killedLogin(stage, 0);
    await gone(stage, 1);
    daemon.writeConfig({ duoLines: ["request_timeout = 3s"] });
    daemon.kill("SIGHUP");
    await daemon.event("reloaded");
    await killedLogin(stage, lastRequest(stage));
    assert.equal(pushesOf(stage), 1);
    emulator.deny("alice");
    await ringsAgain(stage);
    await expectDrains(daemon, emulator);
  });

  test("does not keep a daemon that is told to stop", async (t) => {
    const stage = await setStage(t);
    const { daemon, emulator } = stage;
    const helper = await HelperClient.connect(daemon.pamSocket);
    helper.send(start());
    await helper.nextOf("prompt");
    helper.answer("1");
    await pollHeld(emulator, 0);
    helper.leave();
    await gone(stage, 1);
    await expectDrains(daemon, emulator);
  });
});
