// pam.sock belongs to all users of a machine. The attack: a user runs su again and again, with their own password, and leaves each
// at its question.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HelperClient, start } from "../support/helper-client.ts";
import { eventually } from "../support/leak.ts";
import { setStage } from "../support/pam-stage.ts";

const MAX_LOGINS = 40;
/** What a user has in any case. */
const SHARE = 32;

test("one user cannot take all places of pam.sock, and has them again when they leave", {
  timeout: 60_000,
}, async (t) => {
  const { daemon } = await setStage(t, { gatewayLines: [`max_logins = ${MAX_LOGINS}`] });
  const ask = async (user: string) => {
    const helper = await HelperClient.connect(daemon.pamSocket);
    helper.send(start({ user }));
    for (;;) {
      const message = await helper.next();
      if (message?.kind === "prompt" || message?.kind === "verdict") return { helper, kind: message.kind };
      if (message === undefined) return { helper, kind: "closed" };
    }
  };
  const mine = [];
  for (let n = 0; n < SHARE; n += 1) mine.push(await ask("bob"));
  assert.deepEqual(new Set(mine.map(({ kind }) => kind)), new Set(["prompt"]));
  assert.equal((await ask("bob")).kind, "verdict");
  const { reason } = await daemon.event("decision");
  assert.equal(reason, "too-many-logins");
  const others = await Promise.all(["alice", "root", "grace"].map(ask));
  assert.deepEqual(new Set(others.map(({ kind }) => kind)), new Set(["prompt"]));
  for (const { helper } of mine) helper.leave();
  await eventually("bob's logins to be over", () => {
    return daemon.lines.filter(({ reason: why }) => why === "helper-gone").length === SHARE;
  });
  const again = await ask("bob");
  assert.equal(again.kind, "prompt");
  for (const { helper } of [...others, again]) helper.leave();
});
