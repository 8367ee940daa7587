// The manual page duogate(1), made from the program's own commands, options and help texts, so that a new command is in it
// after `npm run docs`. What no help text says (files, environment, other pages) is written here. Pure; mdoc(7).

import type { Command } from "commander";
import type { CommandIo } from "../../src/cli/commands/io.ts";
import { buildProgram } from "../../src/cli/commands/program.ts";
import { EXIT_HELP } from "../../src/cli/exit-codes.ts";
import { mdocText } from "../../src/config/roff.ts";
import { macroArguments, optionMacros, optionProse, paragraph, prose, usageMacros } from "./command-mdoc.ts";

const HEAD = `.\\" Generated from the help of the command by "npm run docs". Change src/cli/commands/, not this file.
.Dd November 22, 2026
.Dt DUOGATE 1
.Os
.Sh NAME
.Nm duogate
.Nd administer duogate, and run its daemon
`;

const DESCRIPTION = `.Pp
Everything that reads the configuration or asks the daemon needs root.
No secret is taken from the command line, which every local user can read.
.Pp
The option
.Fl h ,
.Fl -help
after a command shows what is here about it.
`;

const TAIL = `.Sh ENVIRONMENT
.Bl -tag -width Ds
.It Ev CREDENTIALS_DIRECTORY
The folder in which
.Xr systemd 1
put the secret key, where it has been told to
.Pq Xr duogated 8 .
.It Ev NO_COLOR , TERM
.Ql duogate logins
uses no colours where the first is set, nor on a terminal of the kind
.Li dumb .
.El
.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/duogate/duogate.conf
The configuration.
.It Pa /etc/duogate/acknowledged
Findings of
.Ql duogate doctor
that are meant, each with a reason.
.It Pa /run/duogate/control.sock
The daemon's socket for root.
.El
.Sh SEE ALSO
.Xr duogate.conf 5 ,
.Xr duogated 8 ,
.Xr login_duogate 8 ,
.Xr pam_duogate 8
`;

/** The text of docs/man/duogate.1. */
export function renderCommandManual(): string {
  const printed: string[] = [];
  const program = buildProgram(silentIo(printed));
  const commands = commandsOf(program);
  return [
    HEAD,
    synopsis(program, commands),
    `.Sh DESCRIPTION\n${mdocText(program.description())}${DESCRIPTION}`,
    ...options(program),
    ".Sh COMMANDS\n",
    ...commands.map((command) => section(command, printed)),
    TAIL.replace(".Sh SEE ALSO", `${exitStatus()}.Sh SEE ALSO`),
  ].join("");
}

/** The program's commands with those below them, as its help has them: no hidden one. `help` is said in DESCRIPTION. */
export function commandsOf(command: Command): readonly Command[] {
  const shown = command.createHelp().visibleCommands(command);
  return shown.filter((one) => one.name() !== "help").flatMap((one) => [one, ...commandsOf(one)]);
}

/** For a program of which nothing runs but its help, which goes to `printed`. */
export function silentIo(printed: string[]): CommandIo {
  return {
    version: "0",
    env: {},
    secrets: { isTerminal: false, read: () => Promise.resolve(undefined) },
    print: (line) => void printed.push(line),
    complain: () => undefined,
    finish: () => undefined,
  };
}

function synopsis(program: Command, commands: readonly Command[]): string {
  const lines = commands.filter(({ parent }) => parent === program).map(usageMacros);
  return `.Sh SYNOPSIS\n${lines.join("")}`;
}

function section(command: Command, printed: string[]): string {
  const help = command.createHelp();
  const usage = help.commandUsage(command);
  const args = help.visibleArguments(command).map((argument) => {
    return `.It Ar ${argument.name()}\n${prose(help.argumentDescription(argument))}`;
  });
  return [
    `.Ss ${usage.split(/ (?=[[<])/)[0]}\n.Dl ${macroArguments(usage)}\n.Pp\n${prose(command.description())}`,
    ...(args.length === 0 ? [] : [".Bl -tag -width Ds\n", ...args, ".El\n"]),
    ...options(command),
    afterText(command, printed),
  ].join("");
}

function options(command: Command): readonly string[] {
  const help = command.createHelp();
  const own = help.visibleOptions(command).filter(({ long }) => long !== "--help");
  if (own.length === 0) return [];
  const items = own.map((option) => `.It ${optionMacros(option)}\n${optionProse(option)}`);
  return [".Bl -tag -width Ds\n", ...items, ".El\n"];
}

/** What addHelpText put behind a command's help; the exit codes have a section of their own. */
function afterText(command: Command, printed: string[]): string {
  printed.length = 0;
  // As it was written, not as it fits a terminal.
  command.configureOutput({ writeOut: (text) => void printed.push(text.trimEnd()) });
  command.outputHelp();
  const text = printed.slice(1).join("\n").replace(EXIT_HELP.trim(), "").trim();
  return text === ""
    ? ""
    : text
        .split(/\n{2,}/)
        .map(paragraph)
        .join("");
}

function exitStatus(): string {
  const lines = EXIT_HELP.trim().split("\n").slice(1);
  const items = lines.map((line) => {
    const [, code, meaning] = /^ {2}(\d+) {2}(.*)$/.exec(line) ?? [];
    if (code !== undefined && meaning !== undefined) return `.It ${code}\n${prose(meaning)}`;
    return line.trim() === "" ? "" : `.El\n.Pp\n${mdocText(line.trim())}.Bl -tag -width Ds\n`;
  });
  return `.Sh EXIT STATUS\n.Bl -tag -width Ds\n${items.join("")}.El\n`;
}
