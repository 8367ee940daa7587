// Holds the BSON writer to the examples of bsonspec.org and to lengths worked out by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeBson } from "../../emulator/v1/bson.ts";

const cases: readonly (readonly [name: string, value: object, hex: string])[] = [
  ["an empty document", {}, "0500000000"],
  ["bsonspec.org: a string", { hello: "world" }, "16000000 02 68656c6c6f00 06000000 776f726c6400 00"],
  [
    "bsonspec.org: an array of a string, a double and an int32",
    { BSON: ["awesome", 5.05, 1986] },
    "31000000 04 42534f4e00 26000000 02 3000 08000000 617765736f6d6500 01 3100 3333333333331440 10 3200 c2070000 00 00",
  ],
  ["the greatest int32", { a: 2147483647 }, "0c000000 10 6100 ffffff7f 00"],
  ["a negative int32", { a: -1 }, "0c000000 10 6100 ffffffff 00"],
  ["above int32: int64", { a: 2147483648 }, "10000000 12 6100 0000008000000000 00"],
  ["booleans", { t: true, f: false }, "0d000000 08 7400 01 08 6600 00 00"],
  ["null", { n: null }, "08000000 0a 6e00 00"],
  ["a document in a document", { d: { e: "" } }, "15000000 03 6400 0d000000 02 6500 01000000 00 00 00"],
  ["bytes, not characters, are counted", { u: "\u00f6\u{1f511}" }, "13000000 02 7500 07000000 c3b6f09f949100 00"],
  ["NUL inside a string", { s: "a\0b" }, "10000000 02 7300 04000000 61006200 00"],
  ["undefined is left out", { gone: undefined }, "0500000000"],
  ["option numbers stay keys", { 1: "push1" }, "12000000 02 3100 06000000 707573683100 00"],
];

for (const [name, value, hex] of cases) {
  test(`bson: ${name}`, () => {
    assert.equal(encodeBson(value).toString("hex"), hex.replaceAll(" ", ""));
  });
}

test("bson: refuses what has no form", () => {
  assert.throws(() => encodeBson({ f: () => 0 }), /a function has no form/);
  assert.throws(() => encodeBson({ "a\0b": 1 }), /a key cannot hold NUL/);
});
