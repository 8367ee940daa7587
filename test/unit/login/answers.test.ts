// Everything a user can type at the menu, through the whole login.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FactorChoice } from "../../../src/duo/api.ts";
import { final, PENDING, state } from "../../support/fake-duo.ts";
import { askFor, option, play } from "./scene.ts";

const approving = { auth: [PENDING], authStatus: [state("allow", "allow", "Success. Logging you in...")] };

function chosen(choice: FactorChoice | undefined): string {
  if (choice === undefined) return "nothing";
  return choice.kind === "passcode" ? `passcode ${choice.passcode.reveal()}` : choice.option.name;
}

const sent: readonly (readonly [string, string])[] = [
  ["1", "push1"],
  ["2", "push2"],
  [" 3 ", "phone1"],
  ["03", "phone1"],
  ["", "push1"],
  ["   ", "push1"],
  ["push", "push1"],
  ["push1", "push1"],
  ["PUSH2", "push2"],
  ["push02", "push2"],
  ["verified_push1", "push1"],
  ["phone", "phone1"],
  ["call", "phone1"],
  ["call1", "phone1"],
  ["123456", "passcode 123456"],
  ["123 456", "passcode 123456"],
  [" 1234-5678 ", "passcode 12345678"],
  ["1234", "passcode 1234"],
  ["cccccckdvvulgjvtkjdhtlrbjjctggdihuevikehtlil", "passcode cccccckdvvulgjvtkjdhtlrbjjctggdihuevikehtlil"],
];

describe("an answer that is sent", () => {
  for (const [answer, wanted] of sent) {
    it(`${JSON.stringify(answer)} sends ${wanted}`, async () => {
      const passcode = wanted.startsWith("passcode");
      const duo = passcode ? { auth: [final("allow", "allow")] } : approving;
      const { verdictText, scene } = await play({ replies: [answer], duo: { preauth: [askFor()], ...duo } });
      assert.equal(verdictText, "allow duo-approved");
      assert.deepEqual(scene.duo.choices.map(chosen), [wanted]);
    });
  }
});

const refused: readonly (readonly [string, RegExp])[] = [
  ["0", /not one of the options/],
  ["5", /not one of the options/],
  ["999", /not one of the options/],
  ["push3", /not one of the options/],
  ["push0", /not one of the options/],
  ["sms2", /not one of the options/],
  ["-1", /neither an option nor a passcode/],
  ["1.0", /neither an option nor a passcode/],
  ["hunter2", /neither an option nor a passcode/],
  ["Tr0ub4dor&3", /neither an option nor a passcode/],
  ["correct horse battery staple", /neither an option nor a passcode/],
  ["1234567890123456789", /neither an option nor a passcode/],
  ["12345a", /neither an option nor a passcode/],
  ["١٢٣٤٥٦", /neither an option nor a passcode/],
  ["123456\n7 OR 1=1", /neither an option nor a passcode/],
];

describe("an answer that is not", () => {
  for (const [answer, words] of refused) {
    it(`${JSON.stringify(answer)} goes nowhere; the next menu says why`, async () => {
      const { verdictText, scene, record } = await play({
        replies: [answer, "1"],
        duo: { preauth: [askFor()], ...approving },
      });
      assert.equal(verdictText, "allow duo-approved");
      assert.deepEqual(scene.duo.choices.map(chosen), ["push1"]);
      assert.match(scene.conversation.texts("prompt")[1] ?? "", words);
      assert.deepEqual([record.attempts, record.factorsSent], [2, 1]);
      const everything = JSON.stringify([scene.conversation.shown, scene.duo.calls, record]);
      if (answer.length > 4) assert.ok(!everything.includes(JSON.stringify(answer).slice(1, -1)), everything);
    });
  }

  it("Enter is nothing where no factor is preferred", async () => {
    const duo = { preauth: [askFor([option("sms")])], auth: [final("allow", "allow")] };
    const { scene, verdictText } = await play({ replies: ["", "123456"], duo });
    assert.match(scene.conversation.texts("prompt")[1] ?? "", /Nothing was entered/);
    assert.equal(verdictText, "allow duo-approved");
  });

  it("a cancellation ends the login, with its reason", async () => {
    for (const reason of ["user-cancelled", "answer-timeout", "helper-gone"] as const) {
      const { verdictText, scene } = await play({ replies: [{ cancelled: reason }], duo: { preauth: [askFor()] } });
      assert.deepEqual([verdictText, scene.duo.count("auth")], [`aborted ${reason}`, 0]);
    }
  });
});

describe("prompts", () => {
  it("used up with nothing but nonsense: max-tries, and no factor was sent", async () => {
    const { verdictText, scene } = await play({ replies: ["x", "y", "z"], duo: { preauth: [askFor()] } });
    assert.equal(verdictText, "max-tries prompts-used-up");
    assert.deepEqual([scene.duo.count("preauth"), scene.duo.count("auth")], [3, 0]);
    assert.equal(scene.conversation.texts("error").at(-1), "Too many attempts.");
  });

  it("used up with wrong passcodes: one auth for each, Duo's words in the next menu", async () => {
    const wrong = final("deny", "deny", "Incorrect passcode. Please try again.");
    const { verdictText, scene } = await play({
      policy: { prompts: 2 },
      replies: ["111111", "222222"],
      duo: { preauth: [askFor()], auth: [wrong, wrong] },
    });
    assert.equal(verdictText, "max-tries prompts-used-up");
    assert.match(
      scene.conversation.texts("prompt")[1] ?? "",
      /^Incorrect passcode. Please try again.\n\nDuo two-factor/,
    );
    assert.deepEqual(scene.conversation.texts("error"), [
      "Incorrect passcode. Please try again.",
      "Too many attempts.",
    ]);
    assert.deepEqual(scene.duo.choices.map(chosen), ["passcode 111111", "passcode 222222"]);
  });

  it("asks Duo anew for each attempt, and offers what that reply offers", async () => {
    const { scene } = await play({
      replies: ["push2", "push2", "1"],
      duo: { preauth: [askFor([option("push")]), askFor([option("push")]), askFor([option("phone")])], ...approving },
    });
    assert.deepEqual(scene.duo.choices.map(chosen), ["phone1"]);
  });
});
