// duogate(1): what is in the tree is what the program's own help says, and nothing of the help is missing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { buildProgram } from "../../../src/cli/commands/program.ts";
import { EXIT } from "../../../src/cli/exit-codes.ts";
import { commandsOf, renderCommandManual, silentIo } from "../../support/command-manual.ts";
import { pageText, requests, sectionText } from "./page.ts";

const program = buildProgram(silentIo([]));
const commands = commandsOf(program);

test("docs/man/duogate.1 is generated from the program's help", () => {
  assert.equal(pageText("duogate.1"), renderCommandManual(), "run npm run docs");
});

test("every command has its part, every option and argument its place in it", () => {
  const headings = commands.map(
    (command) =>
      command
        .createHelp()
        .commandUsage(command)
        .split(/ (?=[[<])/)[0],
  );
  assert.ok(headings.includes("duogate api auth-status"), "the program has its commands");
  assert.deepEqual(requests("duogate.1", "Ss"), headings);
  const longs = [program, ...commands].flatMap(({ options }) => options.map(({ long }) => `-${long?.slice(2)}`));
  const args = commands.flatMap(({ registeredArguments }) => registeredArguments.map((argument) => argument.name()));
  const items = requests("duogate.1", "It");
  const shown = items.flatMap((item) => [...item.matchAll(/Fl (-\S+)/g)].map((match) => match[1] ?? ""));
  assert.deepEqual([...shown].sort(), [...longs].sort());
  const named = items.filter((item) => item.startsWith("Ar ")).map((item) => item.slice("Ar ".length));
  assert.deepEqual([...named].sort(), [...args].sort());
});

test("every command, option and argument says what it is for", () => {
  for (const command of commands) {
    assert.ok(command.description().length > 10, command.name());
    for (const { flags, description } of command.options) assert.ok(description, `${command.name()} ${flags}`);
    for (const argument of command.registeredArguments) assert.ok(argument.description, command.name());
  }
});

test("no help tells the default of a switch or a list", () => {
  for (const command of commands) {
    assert.doesNotMatch(command.helpInformation(), /default: (?:false|true|\[\])/, command.name());
  }
  const withDefault = commands.find((command) => command.name() === "check");
  assert.match(withDefault?.helpInformation() ?? "", /default: "\/etc\/duogate\/duogate\.conf"/);
});

test("a command's own list of exit codes has one on a line, in order, and each exists", () => {
  const lists = pageText("duogate.1").split("Exit codes:\n").slice(1);
  assert.ok(lists.length >= 4);
  for (const list of lists) {
    const lines = (list.split(".Ed")[0] ?? "").split("\n").slice(1, -1);
    const codes = lines.filter((line) => !line.startsWith("   ")).map((line) => Number(/^(\d) {2}\S/.exec(line)?.[1]));
    assert.deepEqual(
      codes,
      [...codes].sort((a, b) => a - b),
    );
    for (const code of codes) assert.ok(Object.values<number>(EXIT).includes(code), list);
  }
});

test("every exit code is in it", () => {
  const items = [...sectionText("duogate.1", "EXIT STATUS").matchAll(/^\.It (\d+)$/gm)].map((match) =>
    Number(match[1]),
  );
  assert.deepEqual(
    items,
    [...new Set(Object.values(EXIT))].sort((a, b) => a - b),
  );
});
