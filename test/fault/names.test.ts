// One Duo account by several names: each form that this machine takes for a user would ring the same phone once more. The
// attack: one password, and every spelling at once, for pushes and for text messages.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HelperClient, start } from "../support/helper-client.ts";
import { eventually } from "../support/leak.ts";
import { setStage } from "../support/pam-stage.ts";

const NAMES = ["alice", "alice@example.org", "alice", "alice@example.org"];

test("however it is called, an account's phone rings once at a time", { timeout: 40_000 }, async (t) => {
  const { daemon, emulator } = await setStage(t, { duoLines: ["autopush = yes"] });
  const helpers = await Promise.all(NAMES.map(() => HelperClient.connect(daemon.pamSocket)));
  for (const [i, helper] of helpers.entries()) helper.send(start({ user: NAMES[i] ?? "" }));
  await Promise.all(helpers.map((helper) => helper.nextOf("info")));
  await emulator.nextPush("alice");
  // Each of the others has been told that it waits.
  await eventually("all preauths", () => emulator.requests.filter((r) => r.endpoint === "preauth").length === 4);
  for (let ended = 0; ended < NAMES.length; ended += 1) {
    assert.deepEqual([emulator.pendingCount, emulator.pushes.length], [1, ended + 1]);
    const after = emulator.pushes.at(-1)?.sequence ?? 0;
    const next = ended + 1 < NAMES.length ? emulator.nextPush("alice", { after }) : undefined;
    emulator.approve("alice");
    await next;
  }
  for (const helper of helpers) {
    assert.deepEqual((await helper.rest()).at(-1), { kind: "verdict", verdict: "allow", nonce: start().nonce });
  }
});

test("twenty logins that ask for text messages get one", { timeout: 40_000 }, async (t) => {
  const { daemon, emulator } = await setStage(t);
  for (let n = 0; n < 20; n += 1) {
    const helper = await HelperClient.connect(daemon.pamSocket);
    helper.send(start({ user: NAMES[n % 2] ?? "" }));
    for (let prompt = 0; prompt < 3; prompt += 1) {
      await helper.nextOf("prompt");
      helper.answer("sms");
    }
    await helper.rest();
  }
  assert.equal(emulator.messages.length, 1);
});
