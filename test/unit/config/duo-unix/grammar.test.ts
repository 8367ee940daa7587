// How Duo Unix reads a file: each row of section 1.2 of its behaviour, which was probed on a build.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { readDuoUnix } from "../../../../src/config/duo-unix/grammar.ts";

/** `line key=value`, with `+` for a continuation; `line !reason` for a fault; `line split`. */
function brief(text: string): readonly string[] {
  return readDuoUnix(text).map((event) => {
    if (event.kind === "fault") return `${event.line} !${event.reason}`;
    if (event.kind === "split") return `${event.line} split`;
    return `${event.line} ${event.key}${event.continued ? "+" : ""}=${event.value}`;
  });
}

const ROWS: readonly (readonly [name: string, text: string, events: readonly string[]])[] = [
  ["key = value", "a = b\nc=d\n  \ne =f", ["1 a=b", "2 c=d", "4 e=f"]],
  ["blanks and CR LF go", "a\t=\tb \t\r\n", ["1 a=b"]],
  ["the first = counts", "a = b = c==", ["1 a=b = c=="]],
  [": is no separator", "a: b", ["1 !no-equals"]],
  ["no =", "a b", ["1 !no-equals"]],
  ["an empty key and an empty value", "= b\na =", ["1 =b", "2 a="]],
  ["keys are not folded", "Failmode = safe", ["1 Failmode=safe"]],
  ["comment lines", "; a = b\n# c = d\n  # e = f\n", []],
  [" ; ends a value", "a = b ; c\nd = e\t; f", ["1 a=b", "2 d=e"]],
  ["; in a word does not, nor at the beginning", "a = b;c\nd = ;e\nf = ;", ["1 a=b;c", "2 d=;e", "3 f=;"]],
  ["# never ends a value", "a = b # c", ["1 a=b # c"]],
  [" ; before the =", "a ; b = c", ["1 !no-equals"]],
  ["any section, and its text behind", "[x] y\na = b\n[duo]\nc = d", ["2 a=b", "4 c=d"]],
  ["an open section", "[duo\n[duo ; ]\na = b", ["1 !open-section", "2 !open-section", "3 a=b"]],
  ["quotes are letters", "a = \"b\"\nc = 'd'", ['1 a="b"', "2 c='d'"]],
  ["a continuation", "a = b\n c = d\n\n# x\n\te ; f", ["1 a=b", "2 a+=c = d", "5 a+=e ; f"]],
  ["a continuation may be [ or #, not ;", "a = b\n [c]\n #d\n ;e", ["1 a=b", "2 a+=[c]", "3 a+=#d"]],
  ["a section ends a continuation", "a = b\n[x]\n c = d", ["1 a=b", "3 c=d"]],
  ["before any key a blank is nothing", "  a = b", ["1 a=b"]],
  ["an indented file", "[duo]\n ikey = a\n skey = b", ["2 ikey=a", "3 ikey+=skey = b"]],
  ["a byte order mark", "\uFEFF[duo]\na = b", ["1 !byte-order-mark", "2 a=b"]],
  ["NUL ends a line", "a = b\0c\nd = e", ["1 a=b", "2 d=e"]],
  ["letters beyond ASCII, whose bytes look like blanks", "a = à\nb = x\u00a0; y", ["1 a=à", "2 b=x\u00a0; y"]],
];

describe("readDuoUnix", () => {
  for (const [name, text, events] of ROWS) it(name, () => assert.deepEqual(brief(text), events));

  it("takes a line of 199 bytes whole, and reads the rest of a longer one as another line", () => {
    const fits = `a = ${"x".repeat(195)}`;
    assert.deepEqual(brief(`${fits}\nb = c`), [`1 a=${"x".repeat(195)}`, "2 b=c"]);
    assert.deepEqual(brief(`${fits}yyy\nb = c`), ["1 split", `1 a=${"x".repeat(195)}`, "1 !no-equals", "2 b=c"]);
    assert.deepEqual(brief(`${fits} zz`), ["1 split", `1 a=${"x".repeat(195)}`, "1 a+=zz"]);
    assert.deepEqual(brief(`a = ${"é".repeat(97)}e\n`).length, 1, "195 bytes of value");
    assert.deepEqual(brief(`a = ${"é".repeat(98)}\n`)[0], "1 split", "196 bytes of value");
  });

  it("never throws, and names lines of the file", () => {
    const piece = fc.constantFrom("a", "=", " ", ";", "#", "[", "]", "\n", "\t", "\0", "é", "x".repeat(150), "\uFEFF");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join("");
        for (const { line } of readDuoUnix(text)) assert.ok(line >= 1 && line <= text.split("\n").length);
      }),
    );
  });
});
