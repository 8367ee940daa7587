// The lines of a PAM file as the two ways of libpam read them: vectors for what they disagree about. Both ways are run against
// the real libraries in test/integration/pam-dispatch.test.ts.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { readingOf } from "../../../src/host/pam/line-reading.ts";
import { linesOf } from "../../../src/host/pam/lines.ts";

const folder = mkdtempSync(join(tmpdir(), "duogate-lines-"));
after(() => rmSync(folder, { recursive: true }));

const LONG = "a".repeat(1010);

/** Text; lines with their numbers as whole lines are read; the same by the buffer. "refused": the whole file. */
const VECTORS: Readonly<Record<string, readonly [text: string, whole: string, buffered: string]>> = {
  "plain lines": ["auth a b\n\nauth c d # e\n", "1:auth a b|3:auth c d", "1:auth a b|3:auth c d"],
  "no line feed at the end": ["auth a b", "1:auth a b", "1:auth a b"],
  "a continued line": ["auth \\\n  a \\ \n\tb\n", "1:auth a b", "1:auth a b"],
  "a comment inside a continued line": ["auth \\\n# why\na b\n", "1:auth|3:a b", "1:auth a b"],
  "an indented comment there, with a backslash": ["auth \\\n  # why \\\na b\n", "1:auth|3:a b", "1:auth a b"],
  "an empty line inside a continued line": ["auth \\\n\n \t\na b\n", "1:auth|4:a b", "1:auth a b"],
  "a comment behind a backslash": ["auth a \\# b\nauth c d\n", "1:auth a \\|2:auth c d", "1:auth a \\|2:auth c d"],
  "a backslash behind a comment": ["auth a b # \\\nauth c d\n", "1:auth a b|2:auth c d", "1:auth a b|2:auth c d"],
  "a comment with a backslash": ["# a \\\nauth c d\n", "2:auth c d", "2:auth c d"],
  "a backslash, a comment, the end": ["auth a b\nauth \\\n# c\n", "1:auth a b|2:auth", "1:auth a b|refused"],
  "a backslash, the end": ["auth a b \\\n", "refused", "refused"],
  "a backslash alone": ["\\\nauth a b\n", "1:auth a b", "1:auth a b"],
  "a long line": [`auth a b ${LONG} ccc ddd\n`, `1:auth a b ${LONG} ccc ddd`, `1:auth a b ${LONG} ccc|1:ddd`],
  "a long comment, whose rest is a line": [`#${LONG}aaaaaaaaaaaa auth a b\n`, "", "1:auth a b"],
  "a continued line that fills the buffer": [
    `auth ${LONG} bbb \\\nc\n`,
    `1:auth ${LONG} bbb c`,
    `1:auth ${LONG} bbb c`,
  ],
  "one that overflows it": [
    `auth ${LONG} bbb \\\nccc ddd\n`,
    `1:auth ${LONG} bbb ccc ddd`,
    `1:auth ${LONG} bbb cc|2:c ddd`,
  ],
};

function read(text: string, reading: "whole" | "buffered"): string {
  const { lines, unfinished } = linesOf(text, "/etc/pam.d/test", reading);
  const words = lines.map(({ text: line, line: number }) => `${number}:${line.trim().replace(/\s+/g, " ")}`);
  return [...words, ...(unfinished ? ["refused"] : [])].join("|");
}

describe("the lines of a PAM file", () => {
  for (const [name, [text, whole, buffered]] of Object.entries(VECTORS)) {
    it(name, () => assert.deepEqual([read(text, "whole"), read(text, "buffered")], [whole, buffered]));
  }
});

it("which way it is can be seen from what the library calls", () => {
  const library = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return readingOf(join(folder, name));
  };
  assert.equal(library("old", "\0fopen\0__fgets_chk\0"), "buffered");
  assert.equal(library("new", "\0fopen\0__getdelim\0"), "whole");
  assert.equal(readingOf(join(folder, "none")), undefined);
});
