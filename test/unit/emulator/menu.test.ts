// Holds Duo's own menu to the example of its v1 document, and the reading of what users choose.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chosenParams, phoneParams } from "../../emulator/menu/choice.ts";
import { menuOf } from "../../emulator/menu/menu.ts";
import type { EmulatorUser } from "../../emulator/store/users.ts";
import { World } from "../../emulator/store/world.ts";

const capabilities = ["push", "phone", "sms"] as const;
const first = { device: "DPBOB000000000000001", number: "XXX-XXX-1234", display_name: "one", capabilities } as const;
const second = { ...first, device: "DPBOB000000000000002", number: "XXX-XXX-5678" } as const;

function worldOf(user: EmulatorUser) {
  const world = new World({
    users: { bob: user },
    policy: {},
    longPollMs: 1000,
    now: () => 0,
    logo: undefined,
  });
  const account = world.directory.byUsername("bob");
  assert.ok(account);
  return { world, account };
}

test("the user of the v1 document's example, in the words of the service", () => {
  const { world, account } = worldOf({ status: "active", phones: [{ ...first, sms_nextcode: "B" }, second] });
  assert.deepEqual(menuOf(world, account, false), {
    text: "Duo two-factor login for bob\n\nEnter a passcode or select one of the following options:\n\n 1. Duo Push to XXX-XXX-1234\n 2. Duo Push to XXX-XXX-5678\n 3. Phone call to XXX-XXX-1234\n 4. Phone call to XXX-XXX-5678\n 5. SMS passcodes to XXX-XXX-1234 (next code starts with: B)\n 6. SMS passcodes to XXX-XXX-5678\n\nPasscode or option (1-6): ",
    factors: {
      default: "push1",
      "1": "push1",
      "2": "push2",
      "3": "phone1",
      "4": "phone2",
      "5": "sms1",
      "6": "sms2",
    },
  });
});

test("a factor keeps the number of its phone, also when an earlier phone lacks it", () => {
  const { world, account } = worldOf({ status: "active", phones: [{ ...first, capabilities: ["sms"] }, second] });
  const { factors } = menuOf(world, account, true);
  assert.deepEqual(factors, { default: "verified_push2", 1: "verified_push2", 2: "phone2", 3: "sms1", 4: "sms2" });
});

test("a tablet is called by its name, and a user with tokens only is asked for a passcode", () => {
  const tablet = worldOf({ status: "active", phones: [{ ...first, number: "", capabilities: ["push"] }] });
  assert.match(menuOf(tablet.world, tablet.account, false).text, /^ 1\. Duo Push to one$/m);
  const token = worldOf({ status: "active", tokens: [{ device: "DHBOB000000000000001", name: "1" }] });
  const menu = menuOf(token.world, token.account, false);
  assert.deepEqual(menu, { text: "Duo two-factor login for bob\n\nPasscode: ", factors: {} });
});

test("what policy withholds is not in the menu", () => {
  const { world, account } = worldOf({ status: "active", phones: [first] });
  world.riskLimits.set("bob", { without: ["push", "sms"], listed: false });
  assert.deepEqual(menuOf(world, account, false).factors, { default: "phone1", 1: "phone1" });
  world.riskLimits.set("bob", { without: ["push", "sms"], listed: true });
  assert.equal(Object.keys(menuOf(world, account, false).factors).length, 4);
});

const choices: readonly (readonly [text: string, params: object])[] = [
  ["push1", { factor: "push", device: first.device }],
  ["verified_push2", { factor: "push", device: second.device }],
  ["phone2", { factor: "phone", device: second.device }],
  ["sms", { factor: "sms", device: second.device }],
  ["push", { factor: "push", device: first.device }],
  ["auto", { factor: "auto", device: "auto" }],
  ["123456", { factor: "passcode", passcode: "123456" }],
  ["push3", { factor: "passcode", passcode: "push3" }],
  ["push0", { factor: "passcode", passcode: "push0" }],
  ["sms1", { factor: "passcode", passcode: "sms1" }],
  ["toString", { factor: "passcode", passcode: "toString" }],
  [" 1", { factor: "passcode", passcode: " 1" }],
  ["\n", { factor: "passcode", passcode: "\n" }],
];

for (const [text, params] of choices) {
  test(`the choice ${JSON.stringify(text)}`, () => {
    const { account } = worldOf({ status: "active", phones: [{ ...first, capabilities: ["push", "phone"] }, second] });
    assert.deepEqual(chosenParams(account, text), params);
  });
}

test("a phone by its number", () => {
  const { account } = worldOf({ status: "active", phones: [first, second] });
  assert.deepEqual(phoneParams(account, "sms", 2), { factor: "sms", device: second.device });
  assert.equal(phoneParams(account, "sms", 3), undefined);
});
