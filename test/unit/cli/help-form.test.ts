// The form of --help: every line fits, what is set in stays set in, and no word is lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted } from "../../../src/cli/commands/help-form.ts";
import { buildProgram, runCommand } from "../../../src/cli/commands/program.ts";
import { EXIT } from "../../../src/cli/exit-codes.ts";
import { commandsOf, silentIo } from "../../support/command-manual.ts";

const CASES: readonly (readonly [name: string, text: string, wanted: string])[] = [
  ["what fits is left alone", "a b\nc\n\n  d", "a b\nc\n\n  d"],
  ["prose is filled anew", "\none two three four\nfive", "\none two\nthree four\nfive"],
  ["a table's last column is hung", "Codes:\n  1  one two three", "Codes:\n  1  one\n     two\n     three"],
  ["a note behind a long command goes below it", "  command x  note", "  command x\n      note"],
  ["a command alone is not broken", "  a --very --long", "  a --very --long"],
];
for (const [name, text, wanted] of CASES) {
  test(name, () => {
    assert.equal(fitted(text, 10), wanted);
  });
}

test("no help of the program is wider than a terminal of 80 columns, but for commands to copy and tables of two", () => {
  const printed: string[] = [];
  const program = buildProgram(silentIo(printed));
  for (const command of [program, ...commandsOf(program)]) command.outputHelp();
  const wide = printed.flatMap((text) => text.split("\n")).filter((line) => line.length > 80);
  assert.ok(printed.length > 20);
  assert.deepEqual(
    wide.filter((line) => !/^ +(?:duogate|auth|#) /.test(line)),
    [],
  );
});

test("a command line without its command gets the help as it is, and one with a mistake two lines with the program's name", async () => {
  for (const args of [[], ["trust"], ["nonsense"], ["check", "--nope"]]) {
    const printed: string[] = [];
    const complained: string[] = [];
    let code: number | undefined;
    const finish = (given: number) => {
      code = given;
    };
    await runCommand(args, { ...silentIo(printed), complain: (line) => complained.push(line), finish });
    const wrong = args.some((arg) => arg.includes("no"));
    assert.deepEqual([code, complained.length], [EXIT.usage, wrong ? 2 : 0], args.join(" "));
    assert.equal(printed.join("\n").startsWith("Usage: duogate"), !wrong, args.join(" "));
  }
});
