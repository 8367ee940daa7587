// Verified Duo Push: the code is on the screen before the phone asks for it, in a prompt and nowhere else; the login goes
// on when Duo has decided and the user has pressed Enter.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Secret } from "../../../src/core/secret.ts";
import { turn } from "../../support/fake-clock.ts";
import { HELD } from "../../support/fake-conversation.ts";
import { final, PENDING, state } from "../../support/fake-duo.ts";
import { askFor, play, Scene, type SceneOptions } from "./scene.ts";

const CODE = "480316";
const verified = { preauth: [askFor(undefined, CODE)], auth: [PENDING] };
const leaky = state("waiting", "pushed", `Please enter verification code ${CODE} into Duo Mobile...`);
const approved = state("allow", "allow", "Success. Logging you in...");

function begin(options: SceneOptions): Scene {
  return new Scene({ replies: ["1", HELD], ...options });
}

/** Everything but the prompts, where the code belongs. */
function elsewhere(scene: Scene, outcome: object): string {
  return JSON.stringify([scene.conversation.texts("info"), scene.conversation.texts("error"), outcome]);
}

describe("a verified push", () => {
  it("is preceded by the prompt with its code, and carries its transaction", async () => {
    const order: string[] = [];
    const scene = begin({
      onPrompt: (text) => order.push(text.includes(CODE) ? "code" : "menu"),
      duo: { ...verified, authStatus: [leaky, approved], onCall: (stage) => order.push(stage) },
    });
    await turn();
    assert.deepEqual(order.slice(0, 4), ["preauth", "menu", "code", "auth"]);
    const choice = scene.duo.choices[0];
    assert.equal(choice?.kind === "option" && choice.txid, "verified-1");
    scene.conversation.answer("");
    const { verdict, record } = await scene.end();
    assert.equal(verdict.reason, "duo-approved");
    assert.match(
      scene.conversation.texts("prompt")[1] ?? "",
      /enter the code 480316 in Duo Mobile\.\nThen press Enter/,
    );
    assert.doesNotMatch(elsewhere(scene, record), /480316/);
  });

  it("waits for Enter after Duo has allowed it", async () => {
    const scene = begin({ duo: { ...verified, authStatus: [approved] } });
    let over = false;
    void scene.login.then(() => {
      over = true;
    });
    await turn();
    assert.deepEqual([scene.duo.count("auth_status"), over], [1, false]);
    assert.deepEqual(scene.conversation.texts("info"), []);
    scene.conversation.answer("whatever was typed");
    assert.equal((await scene.end()).verdict.reason, "duo-approved");
  });

  it("waits for Duo after Enter, in silence", async () => {
    const scene = begin({ duo: { ...verified, authStatus: [leaky, leaky, approved] } });
    await turn();
    scene.conversation.answer("");
    const { verdict, record } = await scene.end();
    assert.equal(verdict.reason, "duo-approved");
    assert.deepEqual(scene.conversation.texts("info"), [approved.message]);
    assert.doesNotMatch(elsewhere(scene, record), /480316/);
  });

  it("is given up with Ctrl-C: Duo's call is stopped, and an allow that was on its way does not count", async () => {
    const scene = begin({ duo: { ...verified, authStatus: ["hang"] } });
    await turn();
    scene.conversation.answer({ cancelled: "user-cancelled" });
    const { verdict } = await scene.end();
    assert.deepEqual([verdict.kind, verdict.reason], ["aborted", "user-cancelled"]);
    assert.notEqual(scene.slots.tryAcquire("alice"), undefined);
  });

  for (const reason of ["user-cancelled", "answer-timeout", "helper-gone"] as const) {
    it(`is no allow after ${reason}, even when Duo had allowed it already`, async () => {
      const scene = begin({ duo: { ...verified, authStatus: [approved] } });
      await turn();
      assert.equal(scene.duo.count("auth_status"), 1);
      scene.conversation.answer({ cancelled: reason });
      assert.deepEqual((await scene.end()).verdict, { kind: "aborted", reason });
    });
  }

  it("that was refused leads back to the menu after Enter, without the code", async () => {
    const scene = new Scene({
      replies: ["1", HELD, "123456"],
      duo: {
        preauth: [askFor(undefined, CODE), askFor()],
        auth: [PENDING, final("allow", "allow")],
        authStatus: [state("deny", "deny", "Login request denied.")],
      },
    });
    await turn();
    scene.conversation.answer("");
    const { verdict } = await scene.end();
    assert.equal(verdict.reason, "duo-approved");
    assert.doesNotMatch(scene.conversation.texts("prompt")[2] ?? "", /480316/);
  });

  it("stops when the login does", async () => {
    const scene = begin({ duo: { ...verified, authStatus: ["hang"] } });
    scene.scope.onStop(() => scene.conversation.answer({ cancelled: "helper-gone" }));
    await turn();
    scene.scope.stop("helper-gone");
    const { verdict } = await scene.end();
    assert.deepEqual([verdict.kind, verdict.reason], ["aborted", "helper-gone"]);
    assert.notEqual(scene.slots.tryAcquire("alice"), undefined);
  });

  it("is for pushes only: a call or a passcode has no code and no transaction", async () => {
    const call = await play({ replies: ["call"], duo: { ...verified, authStatus: [approved] } });
    const choice = call.scene.duo.choices[0];
    assert.equal(choice?.kind === "option" && choice.txid, undefined);
    assert.equal(call.scene.conversation.texts("prompt").length, 1);
    const code = await play({ replies: ["123456"], duo: { ...verified, auth: [final("allow", "allow")] } });
    assert.equal(code.scene.conversation.texts("prompt").length, 1);
  });

  it("after autopush sends nothing when the code could not be shown", async () => {
    const { verdictText, scene } = await play({
      policy: { autopush: true },
      replies: [{ cancelled: "user-cancelled" }],
      duo: verified,
    });
    assert.deepEqual([verdictText, scene.duo.count("auth")], ["aborted user-cancelled", 0]);
  });

  it("comes with autopush where the user can be asked", async () => {
    const scene = new Scene({
      policy: { autopush: true },
      replies: [HELD],
      duo: { ...verified, authStatus: [approved] },
    });
    await turn();
    assert.match(scene.conversation.texts("prompt")[0] ?? "", /480316/);
    assert.equal(scene.duo.count("auth"), 0, "pushed before the code was seen");
    scene.conversation.answer("");
    assert.equal((await scene.end()).verdict.reason, "duo-approved");
  });
});

describe("a verified push whose code comes after it", () => {
  const words = `Please enter verification code ${CODE} into Duo Mobile...`;
  const instruction = { ...state("waiting", "pushed"), instruction: new Secret(words) };
  const asked = askFor();
  const later = { ...asked, verifiedPush: { txid: "verified-1", code: undefined } };
  const script = { preauth: [later], auth: [PENDING] };

  it("gets a prompt as soon as the code is there, and goes on when Duo and the user are done", async () => {
    const order: string[] = [];
    const scene = begin({
      // sshd holds messages back: only a prompt is seen in time.
      facts: { service: "sshd" },
      onPrompt: (text) => order.push(text.includes(CODE) ? "code" : "menu"),
      duo: { ...script, authStatus: [instruction, approved], onCall: (stage) => order.push(stage) },
    });
    await turn();
    assert.deepEqual(order, ["preauth", "menu", "auth", "auth_status", "code", "auth_status"]);
    assert.equal(scene.conversation.prompting, true);
    scene.conversation.answer("");
    const { verdict, record } = await scene.end();
    assert.equal(verdict.reason, "duo-approved");
    assert.equal(scene.conversation.texts("prompt")[1], `${words}\nThen press Enter here: `);
    assert.doesNotMatch(elsewhere(scene, record), /480316/);
  });

  it("is prompted for once, however often Duo says it", async () => {
    const scene = begin({ duo: { ...script, authStatus: [instruction, instruction, instruction, approved] } });
    await turn();
    scene.conversation.answer("");
    assert.equal((await scene.end()).verdict.reason, "duo-approved");
    assert.equal(scene.conversation.texts("prompt").length, 2);
  });

  it("ends without a prompt when Duo decides without a code", async () => {
    const { verdictText, scene } = await play({ replies: ["1"], duo: { ...script, authStatus: [approved] } });
    assert.equal(verdictText, "allow duo-approved");
    assert.equal(scene.conversation.texts("prompt").length, 1);
  });

  it("ends when the user leaves the prompt, whatever Duo says then", async () => {
    const scene = begin({ duo: { ...script, authStatus: [instruction, "hang"] } });
    await turn();
    scene.conversation.answer({ cancelled: "user-cancelled" });
    const { verdict } = await scene.end();
    assert.deepEqual([verdict.kind, verdict.reason], ["aborted", "user-cancelled"]);
  });

  it("is not begun where nobody can be asked", async () => {
    const { verdictText, scene } = await play({
      facts: { interactive: false },
      policy: { autopush: true },
      duo: { preauth: [later] },
    });
    assert.equal(verdictText, "deny no-conversation");
    assert.equal(scene.duo.count("auth"), 0);
  });

  it("with autopush is asked for with Enter, so that prompts are known to work, and has its code after that", async () => {
    const scene = new Scene({
      policy: { autopush: true },
      replies: [HELD, HELD],
      duo: { ...script, authStatus: [instruction, approved] },
    });
    await turn();
    assert.equal(scene.duo.count("auth"), 0);
    scene.conversation.answer("");
    await turn();
    assert.equal(scene.duo.count("auth"), 1);
    scene.conversation.answer("");
    assert.equal((await scene.end()).verdict.reason, "duo-approved");
    const [enter, code] = scene.conversation.texts("prompt");
    assert.match(enter ?? "", /^push to phone 1: its code for Duo Mobile is shown .*\nPress Enter here to get it: $/);
    assert.match(code ?? "", /480316/);
  });

  it("with autopush is not sent where no prompt can be shown", async () => {
    const cancelled = { cancelled: "user-cancelled" } as const;
    const scene = new Scene({ policy: { autopush: true }, replies: [cancelled], duo: script });
    assert.equal((await scene.end()).verdict.kind, "aborted");
    assert.equal(scene.duo.count("auth"), 0);
  });
});
