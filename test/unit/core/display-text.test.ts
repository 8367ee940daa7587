// Holds what may reach a terminal or a log line: never a control or format character, never more bytes than allowed.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DISPLAY_MAX_BYTES, display, displayLine, displayText } from "../../../src/core/display-text.ts";
import { decodeDaemonMessage, encodeDaemonMessage } from "../../../src/wire/messages.ts";

/** Any code units at all: controls, bidi marks, tags, halves of surrogate pairs among them. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc
    .array(fc.constantFrom("\r\n", "\r", "\n", "\t", "\0", "\x1b[2J", "\x7f", "\x9b", "\u202e", "\u2066", "\ufeff"), {
      maxLength: 20,
    })
    .map((parts) => parts.join("a")),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
);
const limit = fc.integer({ min: 0, max: 60 });

const isUnsafe = (code: number) => (code < 0x20 && code !== 9 && code !== 10) || (code > 0x7e && code < 0xa0);

describe("displayText", () => {
  it("holds no C0 but LF and TAB, no DEL, no C1, no format character, no separator, no lone surrogate", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = displayText(text);
        assert.doesNotMatch(shown, /\p{Cs}/u);
        for (const character of shown) assert.ok(!isUnsafe(character.codePointAt(0) ?? 0), JSON.stringify(shown));
        assert.doesNotMatch(shown, /[\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 500 },
    );
  });

  it("has at most maxBytes, and is the beginning of the whole: no character is cut in half", () => {
    fc.assert(
      fc.property(hostile, limit, (text, maxBytes) => {
        const shown = displayText(text, maxBytes);
        assert.ok(Buffer.byteLength(shown) <= maxBytes);
        const whole = displayText(text, 1_000_000);
        assert.ok(whole.startsWith(shown));
        assert.doesNotMatch(shown, /\p{Cs}/u);
        // What is left out would not have fitted.
        const next = [...whole.slice(shown.length)][0];
        if (next !== undefined && next !== "\ufffd" && !shown.endsWith("\ufffd")) {
          assert.ok(Buffer.byteLength(shown + next) > maxBytes);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("changes nothing the second time", () => {
    fc.assert(
      fc.property(hostile, limit, (text, maxBytes) => {
        const once = displayText(text, maxBytes);
        assert.equal(displayText(once, maxBytes), once);
      }),
    );
  });

  it("leaves ordinary text of any script alone", () => {
    for (const text of ["Grüße, 世界! 🦊", "a\tb\nc", "", "\u00a0", "\ufffd"]) assert.equal(displayText(text), text);
  });

  const rows: readonly (readonly [string, string])[] = [
    ["a\r\nb", "a\nb"],
    ["a\rb", "a?b"],
    ["\x1b[31mred", "?[31mred"],
    ["\u202eevil", "?evil"],
    ["\u200bx\u200f", "?x?"],
    ["\u{e0041}", "?"],
    ["\ud800", "?"],
    ["a\u2028b\u2029c", "a?b?c"],
    ["\x85", "?"],
  ];
  for (const [text, shown] of rows) {
    it(`shows ${JSON.stringify(text)} as ${JSON.stringify(shown)}`, () => assert.equal(displayText(text), shown));
  }

  it("cuts before a character that does not fit, of two, three and four bytes", () => {
    for (const character of ["é", "世", "🦊"]) {
      const bytes = Buffer.byteLength(character);
      for (let room = 0; room < bytes; room += 1) assert.equal(displayText(`ab${character}`, 2 + room), "ab");
      assert.equal(displayText(`ab${character}`, 2 + bytes), `ab${character}`);
    }
  });

  it("is always a text that the protocol takes", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const decoded = decodeDaemonMessage(encodeDaemonMessage({ kind: "info", text: displayText(text) }));
        assert.deepEqual(decoded, { ok: true, value: { kind: "info", text: displayText(text) } });
      }),
    );
  });
});

describe("displayLine", () => {
  it("is one line, however many there were", () => {
    fc.assert(fc.property(hostile, (text) => assert.doesNotMatch(displayLine(text), /[\n\t]/)));
    assert.equal(displayLine("a\r\n\tb"), "a b");
  });
});

describe("display", () => {
  it("joins safe parts and stays within the limit", () => {
    assert.equal(display`${displayText("a")}-${7}`, "a-7");
    const long = displayText("x".repeat(DISPLAY_MAX_BYTES));
    assert.equal(display`${long}${long}`.length, DISPLAY_MAX_BYTES);
  });
});
