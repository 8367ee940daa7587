// Every command line of duogate in the documents exists as it is written there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { buildProgram } from "../../../src/cli/commands/program.ts";
import { silentIo } from "../../support/command-manual.ts";
import { commandLines, complaintAbout } from "../../support/documented-commands.ts";
import { sourceText } from "./page.ts";

const DOCUMENTS = [
  "README.md",
  "SECURITY.md",
  "docs/CONFIG.md",
  "docs/CONTROL.md",
  "docs/OPERATIONS.md",
  "docs/THREATS.md",
];
const program = buildProgram(silentIo([]));

for (const document of DOCUMENTS) {
  test(`${document} shows commands that exist`, () => {
    const lines = commandLines(sourceText(document));
    const wrong = lines.map((line) => [line, complaintAbout(program, line)]).filter(([, complaint]) => complaint);
    assert.deepEqual(wrong, []);
  });
}

test("the README and the guide do show some", () => {
  for (const document of ["README.md", "docs/OPERATIONS.md"]) {
    assert.ok(commandLines(sourceText(document)).length >= 5, document);
  }
});

const WRONG: readonly (readonly [string, string])[] = [
  ["duogate chekc", 'no command "chekc"'],
  ["duogate api pign", 'no command "pign"'],
  ["duogate status --jsno", "no option --jsno"],
  ["duogate check now", "1 arguments, and it takes 0"],
];
for (const [line, complaint] of WRONG) {
  test(`${line}: ${complaint}`, () => {
    assert.equal(complaintAbout(program, line), complaint);
  });
}

test("what stands around a command is left out", () => {
  const text =
    "Run `duogate check`, then:\n\n    sudo duogate status --json | jq . && duogate api ping\n\n```\n# duogate run\n```\n";
  assert.deepEqual(commandLines(text), ["duogate check", "duogate status --json", "duogate api ping", "duogate run"]);
});
