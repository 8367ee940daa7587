// What the duogate command takes, read from its own help: commands, options, choices, and what kind of thing each value
// is. Used by generate-completion.ts when a package is built, and by the tests of the completion.

import { runCommand } from "../../src/cli/commands/program.ts";

export interface CommandNode {
  /** The words that lead here: "duogate", "duogate api auth". */
  readonly path: string;
  readonly subcommands: readonly string[];
  readonly options: readonly OptionNode[];
  /** The placeholders of what follows the options, such as "file". */
  readonly places: readonly string[];
}

export interface OptionNode {
  readonly names: readonly string[];
  /** The placeholder of its value; undefined for a switch. */
  readonly value: string | undefined;
  readonly choices: readonly string[];
}

/** The command and everything below it. */
export async function commandTree(path: readonly string[] = []): Promise<readonly CommandNode[]> {
  const help = await helpOf(path);
  const subcommands = entriesOf(help, "Commands").map(([term]) => term.split(" ")[0] ?? "");
  const node: CommandNode = {
    path: ["duogate", ...path].join(" "),
    subcommands,
    options: entriesOf(help, "Options").map(([term, about]) => optionOf(term, about)),
    places: [...(/^Usage: .*$/m.exec(help)?.[0] ?? "").matchAll(/[<[]([a-z@-]+)(?:\.\.\.)?[>\]]/g)]
      .map(([, name = ""]) => name)
      .filter((name) => name !== "options" && name !== "command"),
  };
  const below = subcommands.filter((name) => name !== "help");
  const nodes: CommandNode[] = [node];
  for (const name of below) nodes.push(...(await commandTree([...path, name])));
  return nodes;
}

async function helpOf(path: readonly string[]): Promise<string> {
  const printed: string[] = [];
  await runCommand([...path, "--help"], {
    version: "0",
    env: {},
    secrets: { isTerminal: false, read: () => Promise.resolve(undefined) },
    print: (line) => void printed.push(line),
    complain: (line) => {
      throw new Error(`duogate ${path.join(" ")} --help complains: ${line}`);
    },
    finish: () => undefined,
  });
  return printed.join("\n");
}

/** The terms below a heading, each with its text; commander indents by two and continues further right. */
function entriesOf(help: string, heading: string): readonly (readonly [term: string, about: string])[] {
  const section = new RegExp(`(?:^|\\n)${heading}:\\n((?: {2}.*(?:\\n|$))+)`).exec(help)?.[1] ?? "";
  const entries = section.replace(/\n {3,}/g, "  ").split("\n");
  return entries.flatMap((line) => {
    const [, term, about = ""] = /^ {2}(\S(?:.*?\S)??)(?: {2,}(.*))?$/.exec(line) ?? [];
    return term === undefined ? [] : [[term, about] as const];
  });
}

function optionOf(term: string, about: string): OptionNode {
  const names = term.match(/--?[A-Za-z][A-Za-z-]*/g) ?? [];
  const choices = /\(choices: ([^)]*)\)/.exec(about)?.[1] ?? "";
  return {
    names,
    value: /[<[]([^>\]]+)[>\]]/.exec(term)?.[1],
    choices: [...choices.matchAll(/"([^"]*)"/g)].map(([, choice = ""]) => choice),
  };
}
