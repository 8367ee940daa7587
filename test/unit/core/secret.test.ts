// A secret is nowhere but where it is revealed: not in strings, JSON, inspect, errors, keys or structured clones.

import assert from "node:assert/strict";
import { test } from "node:test";
import { format, inspect } from "node:util";
import { Secret } from "../../../src/core/secret.ts";

const value = "hunter2-0123456789";
const secret = new Secret(value);
const nested = { list: [secret], map: new Map([["k", secret]]) };

const printed: Readonly<Record<string, () => string>> = {
  "String()": () => String(secret),
  "a template literal": () => `${secret}`,
  concatenation: () => `x${secret.toString()}`,
  "JSON.stringify": () => JSON.stringify({ secret, nested: [secret] }),
  inspect: () => inspect(secret),
  "inspect of what holds it": () => inspect(nested, { depth: null, showHidden: true }),
  "inspect without its own custom inspection": () => inspect(secret, { customInspect: false, showHidden: true }),
  "util.format": () => format("%s %o %j %O", secret, secret, secret, secret),
  "an error's message": () => new Error(`cannot sign with ${secret}`).message,
  "an error's stack and cause": () => inspect(new Error("x", { cause: secret })),
  "its entries": () => JSON.stringify([Object.entries(secret), Object.getOwnPropertyNames(secret)]),
  "a structured clone": () => JSON.stringify(structuredClone(secret)),
};
for (const [way, print] of Object.entries(printed)) {
  test(`${way} does not show it`, () => {
    assert.doesNotMatch(print(), /hunter2|0123456789/);
  });
}

test("reveal gives it, and equals compares without revealing", () => {
  assert.equal(secret.reveal(), value);
  assert.ok(secret.equals(new Secret(value)));
  assert.ok(!secret.equals(new Secret("other")));
});
