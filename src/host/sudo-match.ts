// Whether a rule of sudoers is about a user, on this machine, as sudo matches its lists. What depends on the command that will be
// typed, or on a directory, holds perhaps. Pure.

import { addressInList, globPattern } from "./sshd-pattern.ts";
import type { SudoMember } from "./sudo-members.ts";
import type { SudoDefault } from "./sudoers.ts";

export type Match = "yes" | "no" | "perhaps";

export interface SudoUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly string[];
  /** Where they type it; undefined: rules for hosts may hold or not. */
  readonly machine?: SudoMachine | undefined;
}

export interface SudoMachine {
  readonly hostname: string;
  readonly addresses: readonly string[];
}

/** `target`: who is become where nobody is named, so that a rule for that user holds for plain sudo. */
export function appliesTo({ scope, members }: SudoDefault, user: SudoUser, target: string): Match {
  switch (scope) {
    case "everybody":
      return "yes";
    case "user":
      return matches(members, user);
    case "host":
      return lastMatch(members, (member) => hostMatches(member, user.machine));
    case "runas":
      return lastMatch(members, ({ kind, name }) => yesOr(kind === "username" && name === target, "perhaps"));
    default:
      return lastMatch(members, () => "perhaps");
  }
}

/** Short and full name, in any case, with wildcards; addresses and networks of this machine (sudoers(5)). */
function hostMatches({ kind, name }: SudoMember, machine: SudoMachine | undefined): Match {
  if (machine === undefined) return "perhaps";
  // An alias that nobody defines is a name in capitals.
  if (kind === "hostname" || kind === "hostalias") {
    const wanted = globPattern(name, "i");
    const short = machine.hostname.split(".")[0] ?? "";
    if (wanted.test(machine.hostname) || wanted.test(short)) return "yes";
    // A full name of ours that only a name server knows.
    return yesOr(name.toLowerCase().startsWith(`${short.toLowerCase()}.`), "no", "perhaps");
  }
  return kind === "networkaddr"
    ? yesOr(
        machine.addresses.some((one) => addressInList(name, one)),
        "perhaps",
      )
    : "perhaps";
}

function yesOr(holds: boolean, otherwise: Match, yes: Match = "yes"): Match {
  return holds ? yes : otherwise;
}

/** A netgroup, and a group that is not Unix's, cannot be told from here. */
export function matches(members: readonly SudoMember[], user: SudoUser): Match {
  return lastMatch(members, (member) => memberMatches(member, user));
}

/** The last member that matches decides. */
function lastMatch(members: readonly SudoMember[], matchOf: (member: SudoMember) => Match): Match {
  let found: Match = "no";
  for (const member of members) {
    const hit = member.name === "ALL" ? "yes" : matchOf(member);
    if (hit === "perhaps") found = "perhaps";
    else if (hit === "yes") found = member.negated ? "no" : "yes";
  }
  return found;
}

function memberMatches({ kind, name }: SudoMember, user: SudoUser): Match {
  const is = (yes: boolean): Match => (yes ? "yes" : "no");
  switch (kind) {
    case "username":
    case "useralias":
      return is(name === "ALL" || name === user.name);
    case "userid":
      return is(Number(name) === user.uid);
    case "usergroup":
      return is(user.groups.includes(name));
    case "usergid":
      return Number(name) === user.gid ? "yes" : "perhaps";
    default:
      return "perhaps";
  }
}
