// The menu of the dialects where Duo makes the prompt: its numbers, and when its text is not shown.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Secret } from "../../../src/core/secret.ts";
import { textMenu } from "../../../src/duo/text-menu.ts";
import { readAnswer } from "../../../src/login/answer.ts";
import { FACTORS, PROMPT } from "./dialect-bench.ts";

const names = (factors: Readonly<Record<string, string>>) => textMenu("x", factors).options.map(({ name }) => name);

describe("textMenu", () => {
  it("has the options of the document's example, with the labels of its prompt", () => {
    const menu = textMenu(PROMPT, FACTORS);
    assert.deepEqual(
      menu.options.map(({ name, kind, label, target }) => [name, kind, label, target]),
      [
        ["push1", "push", "Duo Push to XXX-XXX-1234", "push1"],
        ["push2", "push", "Duo Push to XXX-XXX-5678", "push2"],
        ["phone1", "phone", "Phone call to XXX-XXX-1234", "phone1"],
        ["phone2", "phone", "Phone call to XXX-XXX-5678", "phone2"],
        ["sms1", "sms", "SMS passcodes to XXX-XXX-1234 (next code starts with: B)", "sms1"],
        ["sms2", "sms", "SMS passcodes to XXX-XXX-5678", "sms2"],
      ],
    );
    assert.equal(menu.serverPrompt, PROMPT);
    assert.equal(menu.preferred, menu.options[0]);
  });

  it("orders by number, whatever the order of the map is", () => {
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [String(11 - i), `push${11 - i}`]));
    assert.deepEqual(names(many).slice(8), ["push9", "push10", "push11"]);
  });

  it("calls a verified push what the user calls it, and asks for what Duo calls it", () => {
    const menu = textMenu("1. Push", { default: "verified_push1", "1": "verified_push1" });
    assert.deepEqual([menu.options[0]?.name, menu.options[0]?.target], ["push1", "verified_push1"]);
    assert.equal(menu.preferred?.target, "verified_push1");
    for (const typed of ["1", "push", "push1", "verified_push1", ""]) {
      const reading = readAnswer(new Secret(typed), menu);
      assert.equal(reading.kind === "option" && reading.option.target, "verified_push1", typed);
    }
  });

  it("prefers the default alone: Duo that names none wants none, and SMS is none", () => {
    assert.equal(textMenu(PROMPT, { "1": "push1" }).preferred, undefined);
    assert.equal(textMenu(PROMPT, { "1": "push1", default: "push2" }).preferred, undefined);
    assert.equal(textMenu(PROMPT, { "1": "sms1", default: "sms1" }).preferred, undefined);
    assert.equal(textMenu(PROMPT, { "1": "push1", "2": "phone1", default: "phone1" }).preferred?.name, "phone1");
  });

  const unshown: readonly (readonly [string, string, Readonly<Record<string, string>>, readonly string[]])[] = [
    ["a number is missing", PROMPT, { "1": "push1", "3": "phone1" }, ["push1", "phone1"]],
    ["numbers begin elsewhere", PROMPT, { "2": "push1" }, ["push1"]],
    ["a factor is unknown", PROMPT, { "1": "carrier_pigeon1", "2": "push1" }, ["push1"]],
    ["the prompt is empty", " \n", { "1": "push1" }, ["push1"]],
    ["the prompt is too long to be shown whole", "x".repeat(1601), { "1": "push1" }, ["push1"]],
    ["the prompt is too long in bytes", "ü".repeat(801), { "1": "push1" }, ["push1"]],
  ];
  for (const [why, prompt, factors, wanted] of unshown) {
    it(`makes a menu of its own when ${why}`, () => {
      const menu = textMenu(prompt, factors);
      assert.deepEqual([menu.serverPrompt, menu.options.map(({ name }) => name)], [undefined, wanted]);
    });
  }

  it("keeps every factor of a prompt that is too long to be shown", () => {
    const factors = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`${i + 1}`, `push${i + 1}`]));
    assert.equal(textMenu("x".repeat(1601), factors).options.at(-1)?.name, "push60");
  });

  it("keeps a prompt that fits, made safe", () => {
    assert.equal(textMenu(`${"x".repeat(1599)}\x1b`, { "1": "push1" }).serverPrompt?.endsWith("x?"), true);
  });

  it("shows the prompt of a user who has passcodes only", () => {
    const menu = textMenu("Passcode: ", {});
    assert.deepEqual([menu.options, menu.preferred, menu.serverPrompt], [[], undefined, "Passcode: "]);
  });

  it("labels by name what the prompt does not", () => {
    const labels = textMenu("no lines", { "1": "push2", "2": "phone1", "3": "sms9" }).options.map(({ label }) => label);
    assert.deepEqual(labels, ["Duo Push to phone 2", "Phone call to phone 1", "SMS passcodes to phone 9"]);
  });

  it("understands the names of Duo Unix's mock server, and none that only look alike", () => {
    assert.deepEqual(names({ "1": "voice1", "2": "smsrefresh2" }), ["phone1", "sms2"]);
    assert.deepEqual(names({ "1": "push", "2": "push0", "3": "pushy1", "4": "Push1", "5": "push100", "6": "" }), []);
    assert.deepEqual(names({ "0": "push1", "01": "push1", "-1": "push1", "1e0": "push1", __proto__: "push1" }), []);
  });

  it("never lets a number choose another factor than the map says", () => {
    const factor = fc.constantFrom("push1", "phone2", "sms3", "verified_push4", "odd", "");
    const number = fc.integer({ min: 0, max: 20 }).map(String);
    fc.assert(
      fc.property(fc.dictionary(number, factor), fc.string(), number, (factors, prompt, typed) => {
        const menu = textMenu(`1. ${prompt}`, factors);
        if (menu.serverPrompt === undefined) return;
        const reading = readAnswer(new Secret(typed), menu);
        if (reading.kind === "option") assert.equal(reading.option.target, factors[typed]);
        else assert.equal(Number(typed) > 0 && Object.hasOwn(factors, typed), false);
      }),
    );
  });
});
