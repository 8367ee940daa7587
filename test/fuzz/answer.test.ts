// Any text typed at any menu: it is read without a throw, chooses only what is offered, and becomes a passcode only in a
// passcode's shape. fast-check prints the seed of a failure.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { displayText } from "../../src/core/display-text.ts";
import { Secret } from "../../src/core/secret.ts";
import type { FactorKind, FactorMenu, FactorOption } from "../../src/duo/api.ts";
import { readAnswer } from "../../src/login/answer.ts";

const kind = fc.constantFrom<FactorKind>("push", "phone", "sms");
const menus = fc.array(fc.tuple(kind, fc.integer({ min: 1, max: 12 })), { maxLength: 12 }).chain((pairs) => {
  const options = pairs.map(
    ([each, n]): FactorOption => ({ name: `${each}${n}`, kind: each, label: displayText("x"), target: "D" }),
  );
  return fc.record<FactorMenu>({
    options: fc.constant(options),
    preferred: fc.constantFrom(undefined, ...options),
  });
});
const piece = fc.constantFrom(
  "push",
  "phone",
  "sms",
  "call",
  "verified_",
  "1",
  "2",
  "0",
  "12",
  " ",
  "-",
  "\n",
  "c",
  "x",
);
const answers = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.array(piece, { maxLength: 10 }).map((parts) => parts.join("")),
  fc.string({ unit: fc.constantFrom(..."cbdefghijklnrtuv"), minLength: 30, maxLength: 50 }),
  fc.nat().map(String),
);

describe("readAnswer", () => {
  it("chooses what is offered, or nothing", () => {
    fc.assert(
      fc.property(answers, menus, (text, menu) => {
        const reading = readAnswer(new Secret(text), menu);
        if (reading.kind === "option") assert.ok(menu.options.includes(reading.option));
        if (reading.kind === "nothing") assert.ok(text.trim() === "" && menu.preferred === undefined);
        if (reading.kind !== "passcode") return;
        const passcode = reading.passcode.reveal();
        assert.match(passcode, /^([0-9]{4,16}|[a-zA-Z]{32,48})$/);
        assert.equal(passcode, text.replaceAll(/[\s-]/g, ""));
        assert.doesNotMatch(JSON.stringify(reading), new RegExp(passcode));
      }),
      { numRuns: 3000 },
    );
  });

  it("finds every option by its number and by its name", () => {
    fc.assert(
      fc.property(menus, (menu) => {
        for (const [i, option] of menu.options.entries()) {
          assert.deepEqual(readAnswer(new Secret(` ${i + 1} `), menu), { kind: "option", option });
          const first = menu.options.find(({ name }) => name === option.name);
          assert.deepEqual(readAnswer(new Secret(option.name.toUpperCase()), menu), { kind: "option", option: first });
        }
      }),
    );
  });
});
