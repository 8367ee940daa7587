// What the user reads: the menu as one prompt, and the pairs that the phone shows.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { displayText } from "../../../src/core/display-text.ts";
import { Secret } from "../../../src/core/secret.ts";
import { readAnswer } from "../../../src/login/answer.ts";
import {
  autopushNotice,
  menuPrompt,
  orElse,
  slotNotice,
  slotPrompt,
  verifiedPushPrompt,
  WORDS,
} from "../../../src/login/words.ts";
import { AWAITED } from "../../support/awaited-prompts.ts";
import { OPTIONS, option } from "./scene.ts";

describe("menuPrompt", () => {
  it("numbers the options, marks the one for Enter, and ends with the question", () => {
    const [push, , , sms] = OPTIONS;
    assert.equal(
      menuPrompt("alice", { options: [push, sms], preferred: push }, undefined),
      "Duo two-factor login for alice\n\nEnter a passcode or select one of the following options:\n\n 1. push to phone 1 [Enter]\n 2. sms to phone 1\n\nPasscode or option (1-2): ",
    );
  });

  it("is what scripts made for Duo Unix wait for, with one option as with many", () => {
    for (const options of [OPTIONS.slice(0, 1), OPTIONS.slice(0, 2), OPTIONS]) {
      const prompt = menuPrompt("alice", { options, preferred: options[0] }, undefined);
      for (const pattern of AWAITED) assert.match(prompt, pattern);
    }
  });

  it("asks for a passcode only where there is no option", () => {
    const bare = menuPrompt("alice", { options: [], preferred: undefined }, undefined);
    assert.equal(bare, "Duo two-factor login for alice\n\nPasscode: ");
  });

  it("begins with what happened before", () => {
    const prompt = menuPrompt("alice", { options: [], preferred: undefined }, WORDS.notUnderstood);
    assert.ok(prompt.startsWith(`${WORDS.notUnderstood}\n\nDuo two-factor login`));
  });

  it("names the options that do not fit, and each number in it chooses the option of that number", () => {
    const kinds = ["push", "phone", "sms"] as const;
    for (const phones of [1, 5, 12, 40, 99]) {
      const options = kinds.flatMap((kind) =>
        Array.from({ length: phones }, (_, i) => ({
          ...option(kind, i + 1),
          label: displayText(`${kind} to XXX-XXX-0${i + 100}`),
        })),
      );
      const prompt = menuPrompt("alice", { options, preferred: options[0] }, WORDS.noDefault);
      assert.ok(prompt.endsWith(`\n\nPasscode or option (1-${options.length}): `), prompt);
      const whole = [...prompt.matchAll(/^ (\d+)\. (?:push|phone|sms) to /gm)].map(([, number]) => Number(number));
      assert.deepEqual(
        whole,
        whole.map((_, i) => i + 1),
      );
      const rest = /^ (\d+)-(\d+)\. and (\d+) more: (.*)$/m.exec(prompt);
      assert.equal(whole.length + Number(rest?.[3] ?? 0), options.length);
      if (rest === null) continue;
      assert.deepEqual([Number(rest[1]), Number(rest[2])], [whole.length + 1, options.length]);
      assert.equal(rest[4]?.split(/ to |, /).at(-1), `sms${phones}`);
      const last = readAnswer(new Secret(`${options.length}`), { options, preferred: undefined });
      assert.equal(last.kind === "option" && last.option, options.at(-1));
    }
  });

  it("has room for names that make no runs", () => {
    const options = Array.from({ length: 500 }, (_, i) => option("push", 2 * i + 1));
    const prompt = menuPrompt("u".repeat(256), { options, preferred: undefined }, displayText("x".repeat(2048)));
    assert.match(prompt, /\n 1-500\. more than can be shown here; choose by number\n\nPasscode or option \(1-500\): $/);
  });

  it("has its question at the end, however long the name, the notice and the menu are", () => {
    const long = (length: number) => displayText("x".repeat(length));
    const options = Array.from({ length: 15 }, (_, i) => ({ ...option("push", i + 1), label: long(72) }));
    const prompt = menuPrompt("u".repeat(256), { options, preferred: options[0] }, long(2048));
    assert.match(prompt, /\n 15\. x{72}\n\nPasscode or option \(1-15\): $/);
  });

  it("takes the service's own text where the dialect has one", () => {
    const menu = { options: OPTIONS, preferred: undefined, serverPrompt: displayText("Theirs: ") };
    assert.equal(menuPrompt("alice", menu, undefined), "Theirs: ");
    assert.equal(menuPrompt("alice", menu, WORDS.noDefault), `${WORDS.noDefault}\n\nTheirs: `);
  });
});

describe("other lines", () => {
  it("keep the words that scripts look for", () => {
    assert.equal(autopushNotice(option("push")), "Autopushing login request to phone...");
    assert.equal(autopushNotice(option("phone")), "Calling you: phone to phone 1");
  });

  it("say the code of a verified push in the prompt", () => {
    assert.equal(
      verifiedPushPrompt(option("push"), "376", true),
      "push to phone 1: enter the code 376 in Duo Mobile.\nThen press Enter here: ",
    );
    assert.equal(
      verifiedPushPrompt(option("push"), "376", false),
      "push to phone 1: the code for Duo Mobile is 376.\nPress Enter here, then enter the code there: ",
    );
  });

  it("say that another login has the phone, and for how long at most", () => {
    const busy = "Another login of yours is waiting for an answer on your phone. If it is not yours, deny it there.";
    assert.equal(slotNotice(1), `${busy} This one waits for its turn, about a minute at most.`);
    assert.equal(
      slotPrompt(1),
      `${busy}\nType a passcode, or press Enter to wait for your turn, about a minute at most: `,
    );
    assert.match(slotNotice(9), /^9 other logins of yours .*, about 9 minutes at most\.$/);
  });

  it("take Duo's words when there are any", () => {
    assert.equal(orElse(displayText("Locked"), WORDS.lockedOut), "Locked");
    assert.equal(orElse(displayText(" \n"), WORDS.lockedOut), WORDS.lockedOut);
  });
});
