// Commands, options and texts of the program's help as lines of mdoc(7). Pure; used by command-manual.ts.

import type { Command, Option } from "commander";
import { fitted } from "../../src/cli/commands/help-form.ts";
import { mdocLine, mdocText } from "../../src/config/roff.ts";

/** Of a terminal's 80 columns, what the page leaves to lines that are shown as they are. */
const SHOWN_WIDTH = 69;

/** One line of a SYNOPSIS: the command's name, its options as one word, its arguments. */
export function usageMacros(command: Command): string {
  const group = command.commands.length > 0 ? ".Ar command\n" : "";
  const several = command.options.length > 0 || group !== "" ? ".Op Ar option ...\n" : "";
  const args = command.registeredArguments.map((argument) => {
    const dots = argument.variadic ? " ..." : "";
    return argument.required ? `.Ar ${argument.name()}${dots}\n` : `.Op Ar ${argument.name()}${dots}\n`;
  });
  return `.Nm\n.Cm ${command.name()}\n${group}${several}${args.join("")}`;
}

/** What is said below an option: its description, choices and default. */
export function optionProse({ description, argChoices, defaultValue, mandatory }: Option): string {
  const one = argChoices === undefined ? "" : `\nOne of: ${argChoices.join(", ")}.`;
  const fallback = ["string", "number"].includes(typeof defaultValue) ? `\nDefault: ${defaultValue}.` : "";
  return prose(description) + mdocText(`${one}${fallback}${mandatory ? "\nRequired." : ""}`.trim());
}

/** An option as the argument of .It: `Fl V , Fl -version`, `Fl -config Ar file`. */
export function optionMacros({ flags }: Option): string {
  const forms = flags.split(", ").map((form) => {
    const [, name, value] = /^-(\S+)(?: (.+))?$/.exec(form) ?? [];
    const argument = value === undefined ? "" : ` Ar ${value.replace(/^<(.*)>$/, "$1")}`;
    return `Fl ${name}${argument}`;
  });
  return forms.join(" , ");
}

/** A paragraph of a help text; lines that are set in are shown as they are. */
export function paragraph(text: string): string {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.startsWith("  "));
  if (first < 0) return `.Pp\n${mdocText(text)}`;
  const lead = lines.slice(0, first).join("\n");
  const shown = fitted(lines.slice(first).join("\n"), SHOWN_WIDTH)
    .split("\n")
    .map((line) => `${mdocLine(line.replace(/^ {2}/, ""))}\n`);
  return `${lead === "" ? "" : `.Pp\n${mdocText(lead)}`}.Bd -literal -offset indent\n${shown.join("")}.Ed\n`;
}

/** A description of the help, which begins small and has no full stop, as sentences. */
export function prose(text: string): string {
  const sentence = text.replace(/^[a-z](?=[a-z ])/, (letter) => letter.toUpperCase());
  return mdocText(`${sentence}${/[.:!?]$/.test(text) ? "" : "."}`);
}

/** Words that mdoc(7) would call as macros are kept from it. */
export function macroArguments(text: string): string {
  return text.replaceAll(/(?<=^| )(?=[A-Z][a-z]( |$))/g, "\\&");
}
