// The command lines of duogate that a document shows, held against the program: does each command, option and argument
// exist? It runs none of them.

import type { Command, Option } from "commander";

/** Lines of code blocks, and code inside of lines, that begin with `duogate `, a prompt or sudo in front left out. */
export function commandLines(markdown: string): readonly string[] {
  const lines: string[] = [];
  let fenced = false;
  for (const line of markdown.split("\n")) {
    if (line.trimStart().startsWith("```")) fenced = !fenced;
    else if (fenced || /^ {4}/.test(line)) lines.push(line.trim().replace(/^(?:[#$] |sudo )+/, ""));
    else lines.push(...[...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ""));
  }
  return lines.filter((line) => line.startsWith("duogate ")).flatMap(parts);
}

/** Only the command itself: no redirection, no second command, no comment. */
function parts(line: string): readonly string[] {
  const shell = line.replace(/ #.*$/, "").split(/ (?:&&|\|\||[|<>;]|2>) ?/);
  return shell.map((part) => part.trim()).filter((part) => part.startsWith("duogate "));
}

/** What is wrong with the line, or undefined. Words in capitals and `…` stand for something. */
export function complaintAbout(program: Command, line: string): string | undefined {
  const words = [...line.matchAll(/'[^']*'|"[^"]*"|\S+/g)].map(([word]) => word).slice(1);
  let command = program;
  for (;;) {
    const next = command.commands.find((one) => one.name() === words[0]);
    if (next === undefined) break;
    command = next;
    words.shift();
  }
  const first = words[0];
  if (command.commands.length > 0 && first !== undefined && /^[a-z]/.test(first)) return `no command "${first}"`;
  return complaintAboutWords(command, words);
}

function complaintAboutWords(command: Command, words: readonly string[]): string | undefined {
  const left = words
    .map((word) => word.replace(/^\[|\]$/g, ""))
    .filter((word) => !/^(?:…|\.\.\.|--help|-h)$/.test(word));
  let args = 0;
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word.startsWith("-")) {
      const option = optionOf(command, word);
      if (option === undefined) return `no option ${word}`;
      if (option.required) left.shift();
    } else args += 1;
  }
  const takes = command.registeredArguments;
  const most = takes.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : takes.length;
  return args > most ? `${args} arguments, and it takes ${most}` : undefined;
}

function optionOf(command: Command, word: string): Option | undefined {
  return command.options.find(({ long, short }) => word === long || word === short);
}
