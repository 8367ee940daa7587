// The lists of sudoers: users, hosts, targets and commands, each member as cvtsudoers writes it in JSON, with aliases put in. Parses;
// matches nobody.

export interface SudoMember {
  readonly kind: string;
  readonly name: string;
  readonly negated: boolean;
}

/** A name may stand for users and for hosts, each with a list of its own. */
const ALIASES = [
  ["useralias", "User_Aliases"],
  ["runasalias", "Runas_Aliases"],
  ["hostalias", "Host_Aliases"],
  ["cmndalias", "Command_Aliases"],
] as const;

/** The members of each alias, by kind and name. */
export type Aliases = ReadonlyMap<string, readonly SudoMember[]>;

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

/** Each member has one key that says what it is, and `negated` where it has a `!`. */
export function membersOf(list: readonly unknown[]): readonly SudoMember[] {
  return list.flatMap((member) => {
    const negated = field(member, "negated") === true;
    const named = Object.entries(typeof member === "object" && member !== null ? member : {});
    return named.filter(([kind]) => kind !== "negated").map(([kind, name]) => ({ kind, name: String(name), negated }));
  });
}

/** Those that the file defines. */
export function aliasesOf(parsed: unknown): Aliases {
  const all = ALIASES.flatMap(([kind, list]) => {
    const found = field(parsed, list);
    const named = Object.entries(typeof found === "object" && found !== null ? found : {});
    return named.map(([name, members]): [string, unknown] => [`${kind} ${name}`, members]);
  });
  return new Map(all.map(([key, members]) => [key, Array.isArray(members) ? membersOf(members) : []]));
}

/**
 * Members of aliases in their place: the last that matches decides, so that this means the same. cvtsudoers -e loses an alias that
 * nobody defines, which sudo takes as a name.
 */
export function expanded(members: readonly SudoMember[], aliases: Aliases, depth = 0): readonly SudoMember[] {
  return members.flatMap((member) => {
    const inner = aliases.get(`${member.kind} ${member.name}`);
    if (inner === undefined || depth === ALIAS_DEPTH_MAX) return [member];
    const all = expanded(inner, aliases, depth + 1);
    return member.negated ? all.map((one) => ({ ...one, negated: !one.negated })) : all;
  });
}

/** Far above any real one; sudo refuses an alias that contains itself. */
const ALIAS_DEPTH_MAX = 20;

export function listOf(value: unknown, key: string): readonly unknown[] {
  const found = field(value, key);
  return Array.isArray(found) ? found : [];
}

export function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
