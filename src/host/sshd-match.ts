// The Match blocks of sshd_config, each as a connection that it applies to, so that sshd itself can be asked what it does there.
// Finds the blocks; judges no value.

import type { LocalAccount } from "./local-accounts.ts";
import { ANYBODY, type SshdConnection } from "./sshd.ts";
import { type SshdConfigPlace, sshdStatements } from "./sshd-config.ts";
import { addressExample, examplesOf, hostInList, inList, nameInList } from "./sshd-pattern.ts";

export interface MatchBlock {
  readonly file: string;
  readonly line: number;
  /** As written, without the word Match. */
  readonly text: string;
  /** Undefined where none could be made from it; `reason` says why. */
  readonly connection: SshdConnection | undefined;
  readonly reason: string | undefined;
}

/** In the order of the files. `accounts` are those that a group's members are looked for among. */
export function matchBlocks(place: SshdConfigPlace, accounts: readonly LocalAccount[]): readonly MatchBlock[] {
  const found = sshdStatements(place).filter(({ keyword }) => keyword === "match");
  return found.map(({ file, line, value }) => {
    const made = connectionOf(value, accounts);
    const known = typeof made !== "string";
    return { file, line, text: value, connection: known ? made : undefined, reason: known ? undefined : made };
  });
}

/** The groups that Match blocks name without patterns; undefined where none is about groups. */
export function matchGroups(place: SshdConfigPlace): readonly string[] | undefined {
  const blocks = sshdStatements(place).filter(({ keyword }) => keyword === "match");
  const lists = blocks.flatMap(({ value }) => matchCriteria(value).get("group") ?? []);
  if (lists.length === 0) return undefined;
  return lists.flatMap((list) => list.split(",")).filter((name) => /^[A-Za-z0-9_][^*?!]*$/.test(name));
}

/** A string: why not. */
function connectionOf(text: string, accounts: readonly LocalAccount[]): SshdConnection | string {
  const criteria = matchCriteria(text);
  const unknown = [...criteria.keys()].find((name) => !KNOWN.has(name));
  if (unknown !== undefined) return `the criterion ${unknown} is not known here`;
  const user = userOf(criteria.get("user"), criteria.get("group"), accounts);
  if (user === undefined) {
    const groups = criteria.get("group");
    return groups === undefined
      ? "no user name fits its patterns"
      : `no account of this machine is in the group ${groups} and fits the rest`;
  }
  const address = exampleFor(criteria.get("address"), ANYBODY.address, addressExample);
  const localAddress = exampleFor(criteria.get("localaddress"), undefined, addressExample);
  const host = exampleFor(criteria.get("host"), undefined, hostExample);
  if (address === NONE || localAddress === NONE || host === NONE || address === undefined)
    return "no address or host fits its patterns";
  const port = criteria
    .get("localport")
    ?.split(",")
    .find((one) => /^\d+$/.test(one));
  return {
    user,
    address,
    ...(host === undefined ? {} : { host }),
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(port === undefined ? {} : { localPort: Number(port) }),
  };
}

const KNOWN: ReadonlySet<string> = new Set(["all", "user", "group", "host", "address", "localaddress", "localport"]);

/** The criteria of a Match line by their names in lower case. */
export function matchCriteria(text: string): ReadonlyMap<string, string> {
  const words = text
    .replaceAll('"', "")
    .split(/\s+|=/)
    .filter((word) => word !== "");
  const criteria = new Map<string, string>();
  for (let i = 0; i < words.length; i += 1) {
    const name = words[i]?.toLowerCase() ?? "";
    if (name === "all") criteria.set(name, "");
    else {
      i += 1;
      criteria.set(name, words[i] ?? "");
    }
  }
  return criteria;
}

/** A user that both lists match. sshd looks a group's members up, so that one has to exist. */
function userOf(
  users: string | undefined,
  groups: string | undefined,
  accounts: readonly LocalAccount[],
): string | undefined {
  const fits = (name: string) => users === undefined || nameInList(users, name);
  if (groups !== undefined) return accounts.find((one) => fits(one.name) && isMember(one, groups))?.name;
  if (users === undefined) return ANYBODY.user;
  return [...examplesOf(users), ANYBODY.user, ...accounts.map(({ name }) => name)].find(fits);
}

/** sshd goes through the user's groups: a negated one that matches refuses, one positive has to match (match_pattern_list). */
function isMember({ groups }: LocalAccount, list: string): boolean {
  return inList(list, (pattern) => groups.some((group) => nameInList(pattern, group)));
}

const NONE = Symbol("none");

function exampleFor<T extends string | undefined>(
  list: string | undefined,
  otherwise: T,
  example: (list: string) => string | undefined,
): T | string | typeof NONE {
  return list === undefined ? otherwise : (example(list) ?? NONE);
}

function hostExample(list: string): string | undefined {
  return [...examplesOf(list), "host.example.org"].find((one) => hostInList(list, one));
}
