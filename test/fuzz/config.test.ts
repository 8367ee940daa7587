// parseConfig against anything: it never throws, every problem names a line of the file, and a text that is accepted
// gives back the values that were written. fast-check prints the seed of a failure.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ALL_OPTIONS } from "../../src/config/options.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { formatProblems } from "../../src/config/problem.ts";

const keys = ALL_OPTIONS.flatMap((option) => [option.key, ...option.aliases]);
const pieces = [
  ...keys,
  "[duo]",
  "[gateway]",
  "[",
  "]",
  "=",
  " = ",
  ";",
  "#",
  "\\",
  '"',
  "'",
  "yes",
  "5s",
  "\n",
  "\r\n",
];
const odd = ["\uFEFF", "\0", "\u0085", "\u2028", "\u200b", "\u00a0", "\ud800", "__proto__", "[]", "a.b", "\t", "\r"];

/** Texts near the grammar, and any text at all. */
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.constantFrom(...odd), fc.string({ maxLength: 8 })), {
      maxLength: 60,
    })
    .map((parts) => parts.join("")),
);

const VISIBLE = Array.from({ length: 0x7f - 0x21 }, (_, index) => String.fromCharCode(0x21 + index));

/** Any secret key that can be written plainly: not in quotes, no ; or # in front, not the sample's. */
const secret = fc
  .string({ unit: fc.constantFrom(...VISIBLE), minLength: 1, maxLength: 128 })
  .filter((text) => !/^[;#]|^(["']).*\1$|^(DI)?X+$|^api-X+\./i.test(text));

/** Any file name of a cafile, beyond ASCII too. */
const fileName = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .filter((text) => !/[/\p{C}\p{Z}]|^\.{1,2}$/u.test(text));

describe("parseConfig", () => {
  it("never throws, and every problem has a line of the file, words and a remedy", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = parseConfig(text, "fuzz.conf");
        const problems = parsed.ok ? parsed.value.warnings : parsed.error;
        assert.ok(parsed.ok || problems.length > 0);
        const lines = text.split("\n").length;
        for (const { line, message, remedy } of problems) {
          assert.ok(line !== undefined && line >= 1 && line <= lines);
          assert.ok(message !== "" && remedy !== "");
        }
        assert.match(
          formatProblems(problems),
          /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*(\n[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+)*$/u,
        );
      }),
      { numRuns: 3000 },
    );
  });

  it("gives back every value as it was written", () => {
    const written = fc.record({
      skey: secret,
      cafile: fileName,
      failmode: fc.constantFrom("safe", "secure"),
      prompts: fc.integer({ min: 1, max: 3 }),
      seconds: fc.integer({ min: 5, max: 300 }),
      blanks: fc.constantFrom("", " ", "\t", " \t "),
      end: fc.constantFrom("\n", "\r\n"),
      comment: fc.constantFrom("", "# ; = [x]", "\t;", "   "),
    });
    fc.assert(
      fc.property(written, (w) => {
        const values = {
          ikey: "DIXYZV6YM8IFYVWBINCA",
          skey: w.skey,
          host: "a.example",
          failmode: w.failmode,
          cafile: `/${w.cafile}`,
          prompts: w.prompts,
          poll_timeout: w.seconds,
        };
        const lines = Object.entries(values).map(
          ([key, value]) => `${w.blanks}${key}${w.blanks}=${w.blanks}${value}${w.blanks}`,
        );
        const parsed = parseConfig([w.comment, "[duo]", w.comment, ...lines].join(w.end), "fuzz.conf");
        assert.ok(parsed.ok, parsed.ok ? "" : formatProblems(parsed.error));
        const { duo } = parsed.value;
        assert.deepEqual(
          [duo.skey.reveal(), duo.cafile, duo.failmode, duo.prompts, duo.pollTimeoutMs],
          [w.skey, `/${w.cafile}`, w.failmode, w.prompts, w.seconds * 1000],
        );
      }),
      { numRuns: 1000 },
    );
  });
});
