// JSON with an end to its depth: the same value as JSON.parse's, or no value.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DEPTH_MAX, parseBounded } from "../../../src/core/bounded-json.ts";

const nested = (depth: number) => `${'{"a":['.repeat(depth / 2)}${"]}".repeat(depth / 2)}`;

test("what is no deeper is what JSON.parse says", () => {
  assert.deepEqual(parseBounded(nested(DEPTH_MAX)), JSON.parse(nested(DEPTH_MAX)));
  assert.throws(() => parseBounded(nested(DEPTH_MAX + 2)), /nested more than/);
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      assert.deepEqual(parseBounded(text), JSON.parse(text));
    }),
  );
});

test("brackets in a string do not count, whatever stands before its end", () => {
  for (const text of ["[".repeat(100), '"[{'.repeat(100), "\\".repeat(99), `\\"${"{".repeat(100)}`]) {
    assert.deepEqual(parseBounded(JSON.stringify([text, { [text]: 1 }])), [text, { [text]: 1 }]);
  }
});

test("what is no JSON throws, deep or not", () => {
  for (const text of ["", "[", '"[[', "]".repeat(100), `${"]".repeat(100)}${"[".repeat(100)}`, '{"a":"\\']) {
    assert.throws(() => parseBounded(text), SyntaxError);
  }
});
