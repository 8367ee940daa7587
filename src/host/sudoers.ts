// The rules of sudoers as cvtsudoers tells them (JSON, included files followed), with their aliases put in. Parses; matches nobody
// and judges nothing.

export interface SudoMember {
  readonly kind: string;
  readonly name: string;
  readonly negated: boolean;
}

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

const ALIASES = ["User_Aliases", "Runas_Aliases", "Host_Aliases", "Command_Aliases"] as const;

/** The members of each alias, by its name. */
type Aliases = ReadonlyMap<string, readonly SudoMember[]>;

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

const PREFIX: ReadonlyMap<string, string> = new Map([
  ["usergroup", "%"],
  ["userid", "#"],
  ["usergid", "%#"],
  ["nonunixgroup", "%:"],
  ["nonunixgid", "%:#"],
  ["netgroup", "+"],
]);

/** `alice, !%wheel`. */
export function memberText(members: readonly SudoMember[]): string {
  return members.map(({ kind, name, negated }) => `${negated ? "!" : ""}${PREFIX.get(kind) ?? ""}${name}`).join(", ");
}

function scopeOf(members: readonly SudoMember[]): SudoScope {
  const [first] = members;
  if (first === undefined) return "everybody";
  if (first.kind === "command" || first.kind === "cmndalias") return "command";
  return ["hostname", "networkaddr", "hostalias"].includes(first.kind) ? "host" : "user";
}

/** Each member has one key that says what it is, and `negated` where it has a `!`. */
function membersOf(list: readonly unknown[]): readonly SudoMember[] {
  return list.flatMap((member) => {
    const negated = field(member, "negated") === true;
    const named = Object.entries(typeof member === "object" && member !== null ? member : {});
    return named.filter(([kind]) => kind !== "negated").map(([kind, name]) => ({ kind, name: String(name), negated }));
  });
}

function aliasesOf(parsed: unknown): Aliases {
  const all = ALIASES.flatMap((kind) => {
    const found = field(parsed, kind);
    return Object.entries(typeof found === "object" && found !== null ? found : {});
  });
  return new Map(all.map(([name, members]) => [name, Array.isArray(members) ? membersOf(members) : []]));
}

/**
 * Members of aliases in their place: the last that matches decides, so that this means the same. cvtsudoers -e loses an alias that
 * nobody defines, which sudo takes as a name.
 */
function expanded(members: readonly SudoMember[], aliases: Aliases, depth = 0): readonly SudoMember[] {
  return members.flatMap((member) => {
    const inner = member.kind.endsWith("alias") ? aliases.get(member.name) : undefined;
    if (inner === undefined || depth === ALIAS_DEPTH_MAX) return [member];
    const all = expanded(inner, aliases, depth + 1);
    return member.negated ? all.map((one) => ({ ...one, negated: !one.negated })) : all;
  });
}

/** Far above any real one; sudo refuses an alias that contains itself. */
const ALIAS_DEPTH_MAX = 20;

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

function listOf(value: unknown, key: string): readonly unknown[] {
  const found = field(value, key);
  return Array.isArray(found) ? found : [];
}

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
