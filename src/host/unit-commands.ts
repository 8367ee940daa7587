// What systemd's service units would start: ExecStart lines with the variables of their environment files filled in, drop-ins
// included. Reads the files of this machine, not systemd's memory; runs nothing.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { textOrEmpty } from "./text-or-empty.ts";

export interface UnitCommand {
  readonly unit: string;
  readonly argv: readonly string[];
}

/** The first that has a unit wins. */
const UNIT_FOLDERS = [
  "etc/systemd/system",
  "run/systemd/system",
  "usr/local/lib/systemd/system",
  "usr/lib/systemd/system",
  "lib/systemd/system",
];

/** Of every service unit below `root`. */
export function unitCommands(root = "/"): readonly UnitCommand[] {
  const folders = UNIT_FOLDERS.map((folder) => join(root, folder));
  const units = [...new Set(folders.flatMap((folder) => filesIn(folder, ".service")))].sort();
  return units.flatMap((unit) => {
    const file = folders.map((folder) => join(folder, unit)).find((path) => textOrEmpty(path) !== "");
    const dropIns = folders.flatMap((folder) =>
      filesIn(join(folder, `${unit}.d`), ".conf").map((name) => join(folder, `${unit}.d`, name)),
    );
    const text = [...(file === undefined ? [] : [file]), ...dropIns].map(textOrEmpty).join("\n");
    return /^\s*ExecStart\s*=.*\bsshd\b/m.test(text) ? commandsOf(unit, text, root) : [];
  });
}

function commandsOf(unit: string, text: string, root: string): readonly UnitCommand[] {
  const variables = new Map<string, string>();
  let commands: string[] = [];
  for (const [name, value] of settings(text)) {
    // An empty one takes back what came before.
    if (name === "ExecStart") commands = value === "" ? [] : [...commands, value];
    else for (const line of assignments(name, value, root)) setVariable(variables, line);
  }
  return commands.map((command) => ({
    unit,
    argv: words(command.replace(/^[-@:+!|]+/, "")).flatMap((word) => filled(word, variables)),
  }));
}

/** The dash before an environment file says that it may be missing. */
function assignments(name: string, value: string, root: string): readonly string[] {
  if (name === "Environment") return words(value);
  if (name !== "EnvironmentFile") return [];
  return textOrEmpty(join(root, value.replace(/^-/, "")))
    .split("\n")
    .map((line) => line.trim());
}

function settings(text: string): readonly (readonly [string, string])[] {
  const lines = text.replace(/\\\n/g, " ").split("\n");
  return lines.flatMap((line) => {
    const [, name, value] = /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
}

function setVariable(variables: Map<string, string>, line: string): void {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? [];
  if (name !== undefined && value !== undefined) variables.set(name, value.replace(/^(["'])(.*)\1$/, "$2"));
}

/** `$NAME` as a word of its own is split at blanks; `${NAME}` stays one word (systemd.service(5)). */
function filled(word: string, variables: ReadonlyMap<string, string>): readonly string[] {
  const own = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(word)?.[1];
  if (own !== undefined) return words(variables.get(own) ?? "");
  return [word.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => variables.get(name) ?? "")];
}

function words(text: string): readonly string[] {
  return [...text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"),
  );
}

function filesIn(folder: string, ending: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .sort();
  } catch {
    return [];
  }
}
