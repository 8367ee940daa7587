// The last look at what goes to the terminal: our own colours pass, and nothing else that begins with a control.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { terminalText } from "../../../src/cli/terminal-text.ts";

test("the command's own colours pass, and text stays as it is", () => {
  const text = "\u001b[31;1mdanger\u001b[0m\tü, 漢\n  two";
  assert.equal(terminalText(text), text);
});

test("no other control passes, whatever stands around the colours", () => {
  assert.equal(terminalText("\u001b[2J\u001b[31mred\u001b[0m\u009b6n\u202e\r"), "?[2J\u001b[31mred\u001b[0m?6n??");
  const piece = fc.oneof(fc.constantFrom("\u001b", "\u001b[31m", "[0m", "\u009b", "\r"), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const colours = ["0", "31", "32", "33", "31;1"].map((code) => `\u001b[${code}m`);
      const left = colours.reduce((text, colour) => text.replaceAll(colour, ""), terminalText(pieces.join("")));
      assert.doesNotMatch(left, /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    }),
  );
});
