// A login that is stopped at each place where it waits: it comes to its end, is no allow of Duo's, and leaves nothing.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DuoStage } from "../../../src/core/failure.ts";
import type { StopReason } from "../../../src/core/scope.ts";
import { turn } from "../../support/fake-clock.ts";
import { HELD } from "../../support/fake-conversation.ts";
import { final, PENDING, state } from "../../support/fake-duo.ts";
import { askFor, decided, Scene, type SceneOptions } from "./scene.ts";

const approved = state("allow", "allow");
const waiting = state("waiting", "pushed");

/** Stops the login when Duo is called at this stage for the nth time; Duo would have allowed it. */
function stoppedAt(stage: DuoStage, nth: number, reason: StopReason, options: SceneOptions): Scene {
  let calls = 0;
  const scene: Scene = new Scene({
    ...options,
    duo: {
      preauth: [askFor()],
      auth: [PENDING],
      authStatus: [waiting, waiting, approved],
      ...options.duo,
      onCall: (called) => {
        if (called === stage) calls += 1;
        if (called === stage && calls === nth) scene.scope.stop(reason);
      },
    },
  });
  return scene;
}

const places: readonly (readonly [string, DuoStage, number, SceneOptions])[] = [
  ["in preauth", "preauth", 1, { duo: { preauth: [decided("allow")] } }],
  ["in the preauth of a later attempt", "preauth", 2, { replies: ["nonsense"] }],
  ["in auth of a push", "auth", 1, { replies: ["1"] }],
  [
    "in auth of a passcode",
    "auth",
    1,
    { replies: ["123456"], duo: { preauth: [askFor()], auth: [final("allow", "a")] } },
  ],
  ["in the first poll", "auth_status", 1, { replies: ["1"] }],
  ["in the last poll", "auth_status", 3, { replies: ["1"] }],
  ["in a push by itself", "auth_status", 1, { policy: { autopush: true }, facts: { interactive: false } }],
];

describe("a login that is stopped", () => {
  for (const [name, stage, nth, options] of places) {
    for (const reason of ["helper-gone", "out-of-time", "shutting-down", "protocol-violation"] as const) {
      it(`${name}, ${reason}: no allow, under failmode = safe too`, async () => {
        const scene = stoppedAt(stage, nth, reason, { ...options, policy: { failmode: "safe", ...options.policy } });
        const { verdict } = await scene.end();
        assert.equal(verdict.kind, reason === "helper-gone" ? "aborted" : "deny");
        assert.notEqual(scene.slots.tryAcquire("alice"), undefined);
      });
    }
  }

  it("between two polls does not wait the second out", async () => {
    const duo = { preauth: [askFor()], auth: [PENDING], authStatus: [waiting] };
    const scene = new Scene({ replies: ["1"], duo });
    await turn();
    assert.equal(scene.clock.pending, 1);
    scene.scope.stop("helper-gone");
    const from = scene.clock.now();
    assert.equal((await scene.end()).verdict.kind, "aborted");
    assert.equal(scene.clock.now() - from, 0);
  });

  it("at the menu sends nothing more", async () => {
    const scene = new Scene({ replies: [HELD], duo: { preauth: [askFor()] } });
    await turn();
    scene.scope.stop("helper-gone");
    scene.conversation.answer({ cancelled: "helper-gone" });
    assert.deepEqual((await scene.end()).verdict, { kind: "aborted", reason: "helper-gone" });
    assert.equal(scene.duo.count("auth"), 0);
  });

  it("at the menu, with a passcode already on its way, sends nothing either", async () => {
    const scene = new Scene({ replies: [HELD], duo: { preauth: [askFor()], auth: [final("allow", "allow")] } });
    await turn();
    scene.conversation.answer("123456");
    scene.scope.stop("helper-gone");
    assert.equal((await scene.end()).verdict.kind, "aborted");
    assert.equal(scene.duo.count("auth"), 0);
  });
});
