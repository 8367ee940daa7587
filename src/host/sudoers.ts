// The rules of sudoers as cvtsudoers tells them (JSON, included files followed), with their aliases put in. Parses; matches nobody
// and judges nothing.

import { aliasesOf, expanded, field, listOf, membersOf, memberText, type SudoMember } from "./sudo-members.ts";

/** Whose sudo a `Defaults` line is about. */
export type SudoScope = "everybody" | "user" | "host" | "runas" | "command";

/** One option of one `Defaults` line, in the order of the files. */
export interface SudoDefault {
  readonly scope: SudoScope;
  readonly members: readonly SudoMember[];
  readonly option: string;
  /** False: written with a `!` before it. */
  readonly value: string | number | boolean;
}

export interface SudoRules {
  readonly defaults: readonly SudoDefault[];
  readonly withoutPassword: readonly FreeRule[];
}

/** Commands that a rule gives with NOPASSWD. */
export interface FreeRule {
  readonly members: readonly SudoMember[];
  readonly who: string;
  readonly commands: string;
}

/**
 * `all` has every `Defaults` line, and `runas` (cvtsudoers -d runas) those of `Defaults>` alone: their members have the same shape
 * as those of `Defaults:`. Undefined for what is not cvtsudoers' JSON.
 */
export function parseSudoRules(all: string, runas = "{}"): SudoRules | undefined {
  const parsed = json(all);
  const ofRunas = json(runas);
  if (parsed === undefined || ofRunas === undefined) return undefined;
  const runasLines = new Set(listOf(ofRunas, "Defaults").map((line) => JSON.stringify(line)));
  const aliases = aliasesOf(parsed);
  const defaults = listOf(parsed, "Defaults").flatMap((line) => {
    const written = membersOf(listOf(line, "Binding"));
    const scope = runasLines.has(JSON.stringify(line)) ? "runas" : scopeOf(written);
    const members = expanded(written, aliases);
    return listOf(line, "Options").flatMap((option) => optionsOf(option, scope, members));
  });
  const withoutPassword = listOf(parsed, "User_Specs").flatMap((spec) => {
    const free = listOf(spec, "Cmnd_Specs").filter((one) =>
      listOf(one, "Options").some((option) => field(option, "authenticate") === false),
    );
    const members = expanded(membersOf(listOf(spec, "User_List")), aliases);
    const who = memberText(members);
    return free.map((one) => ({
      members,
      who,
      commands: memberText(expanded(membersOf(listOf(one, "Commands")), aliases)),
    }));
  });
  return { defaults, withoutPassword };
}

const SIGN: Readonly<Record<SudoScope, string>> = { everybody: "", user: ":", host: "@", runas: ">", command: "!" };

/** As it could stand in sudoers: `Defaults:alice pam_service=sudo-plain`. */
export function defaultText({ scope, members, option, value }: SudoDefault): string {
  const set = value === true ? option : value === false ? `!${option}` : `${option}=${value}`;
  return `Defaults${SIGN[scope]}${memberText(members)} ${set}`;
}

/** Whose sudo it is about: `for alice`, `for the command /bin/ls`. */
export function scopeText({ scope, members }: Pick<SudoDefault, "scope" | "members">): string {
  const names = memberText(members);
  switch (scope) {
    case "everybody":
      return "for everybody";
    case "user":
      return `for ${names}`;
    case "host":
      return `on the host ${names}`;
    case "runas":
      return `as ${names} (sudo -u)`;
    default:
      return `for the command ${names}`;
  }
}

function scopeOf(members: readonly SudoMember[]): SudoScope {
  const [first] = members;
  if (first === undefined) return "everybody";
  if (first.kind === "command" || first.kind === "cmndalias") return "command";
  return ["hostname", "networkaddr", "hostalias"].includes(first.kind) ? "host" : "user";
}

function optionsOf(option: unknown, scope: SudoScope, members: readonly SudoMember[]): readonly SudoDefault[] {
  const named: [string, unknown][] = Object.entries(typeof option === "object" && option !== null ? option : {});
  return named.flatMap(([name, value]) => {
    const known = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return known ? [{ scope, members, option: name, value }] : [];
  });
}

function json(text: string): unknown {
  try {
    // cvtsudoers leaves a comma out behind a list from which it dropped what it does not know.
    return JSON.parse(text.replace(/\](\s*\n\s*")/g, "],$1"));
  } catch {
    return undefined;
  }
}
