// The menu from the devices of one preauth reply: Duo Unix's order and names, what this reply offers and nothing more.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { menuOf } from "../../../../src/duo/v2/menu.ts";
import { device } from "../../../../src/duo/v2/schemas.ts";

const menu = (...devices: readonly object[]) => menuOf(devices.map((raw) => device.parse(raw)));
const names = (...devices: readonly object[]) => menu(...devices).options.map(({ name }) => name);
const labels = (...devices: readonly object[]) => menu(...devices).options.map(({ label }) => label);

const phone = { device: "DP1", type: "phone", number: "XXX-0100", capabilities: ["auto", "push", "sms", "phone"] };
const landline = { device: "DP2", type: "phone", number: "XXX-0200", capabilities: ["auto", "phone"] };
const tablet = { device: "DP3", type: "phone", display_name: "iPad", capabilities: ["auto", "push", "mobile_otp"] };
const token = { device: "DH1", type: "token", name: "0" };

describe("menuOf", () => {
  it("has pushes, then calls, then SMS, each in the order of the devices", () => {
    assert.deepEqual(names(phone, landline, tablet), ["push1", "push3", "phone1", "phone2", "sms1"]);
  });

  it("numbers by phone: push2 is the second phone's, whatever the first one can do", () => {
    assert.deepEqual(names(landline, tablet), ["push2", "phone1"]);
    assert.equal(menu(landline, tablet).options[0]?.target, "DP3");
  });

  it("gives tokens no option and no number", () => {
    assert.deepEqual(names(token), []);
    assert.deepEqual(names(token, phone), ["push1", "phone1", "sms1"]);
    assert.deepEqual(names({ ...token, capabilities: ["push"] }), []);
  });

  it("prefers the first push, then a call, and never SMS", () => {
    assert.equal(menu(landline, tablet).preferred?.name, "push2");
    assert.equal(menu(landline).preferred?.name, "phone1");
    assert.equal(menu({ ...phone, capabilities: ["sms"] }).preferred, undefined);
    assert.equal(menu(token).preferred, undefined);
    assert.equal(menu().preferred, undefined);
  });

  it("tells whose phones they are, whatever order they come in, and nothing where there are none", () => {
    assert.equal(menu(tablet, token, phone, landline).phones, "DP1");
    assert.equal(menu(phone, landline).phones, menu(landline, phone).phones);
    assert.equal(menu(token).phones, undefined);
  });

  it("offers what it knows and skips other capabilities", () => {
    assert.deepEqual(names({ ...phone, capabilities: ["mobile_otp", "hologram", "PUSH"] }), []);
    assert.deepEqual(names({ device: "DP1", capabilities: "push" }), []);
  });

  it("says number, else display name, else name, else device", () => {
    const push = { device: "DP1", type: "phone", capabilities: ["push"] };
    assert.deepEqual(labels({ ...push, number: "XXX-0100", display_name: "iOS" }), ["Duo Push to XXX-0100"]);
    assert.deepEqual(labels({ ...push, number: "", display_name: "iOS" }), ["Duo Push to iOS"]);
    assert.deepEqual(labels({ ...push, number: 7, name: "mine" }), ["Duo Push to mine"]);
    assert.deepEqual(labels(push), ["Duo Push to DP1"]);
    assert.deepEqual(labels(landline), ["Phone call to XXX-0200"]);
    assert.deepEqual(labels({ ...push, capabilities: ["sms"], sms_nextcode: "4" }), [
      "SMS passcodes to DP1 (next code starts with: 4)",
    ]);
  });

  it("has every option of many devices, with short labels", () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ ...phone, device: `DP${i}`, number: "9".repeat(200) }));
    assert.deepEqual(names(...many).at(-1), "sms40");
    for (const label of labels(...many)) assert.ok(Buffer.byteLength(label) <= 72);
  });

  it("makes labels one safe line", () => {
    assert.deepEqual(labels({ device: "DP1", number: "1\n 2. Free entry\x1b[1m", capabilities: ["push"] }), [
      "Duo Push to 1  2. Free entry?[1m",
    ]);
  });
});
