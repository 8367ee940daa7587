// Connections that no Match block of sshd_config is about, or that two are: those that a block's ! patterns leave out, other ports,
// and each user from each of those addresses. Where a block is for nearly everybody, what holds for the rest is seen only so.
// Makes connections; asks nobody and judges no value.

import type { LocalAccount } from "./local-accounts.ts";
import { ANYBODY, type SshdConnection } from "./sshd.ts";
import { type MatchBlock, matchCriteria } from "./sshd-match.ts";
import { addressExample, addressInList, examplesOf, hostInList, inList, nameInList } from "./sshd-pattern.ts";

export interface SshdProbe {
  readonly connection: SshdConnection;
  /** What is not as in ANYBODY, in words: `user deploy`, `from 10.0.0.0`. */
  readonly traits: readonly string[];
}

/** Each costs a run of sshd. */
const PROBES_MAX = 80;
const OTHER_FAMILY = "2001:db8::1";

/** The plainest first, without ANYBODY. `ports`: where this sshd listens. */
export function sshdProbes(
  blocks: readonly MatchBlock[],
  accounts: readonly LocalAccount[],
  ports: readonly number[],
): readonly SshdProbe[] {
  const users = usersOf(blocks, accounts).map((user) => ({ trait: `user ${user}`, change: { user } }));
  const addresses = addressesOf(blocks).map((address) => ({ trait: `from ${address}`, change: { address } }));
  const hosts = hostsOf(blocks).map((host) => ({ trait: `from ${host}`, change: { host } }));
  const localPorts = listsOf(blocks, "localport").length === 0 ? [] : ports;
  const atPorts = localPorts.map((localPort) => ({ trait: `at port ${localPort}`, change: { localPort } }));
  const all: SshdProbe[] = [{ connection: ANYBODY, traits: [] }];
  for (const more of [users, addresses, hosts, atPorts]) {
    all.push(...all.flatMap((one) => more.map((other) => joined(one, other))));
  }
  const ordered = all.filter(({ traits }) => traits.length > 0);
  return ordered.sort((one, other) => one.traits.length - other.traits.length).slice(0, PROBES_MAX);
}

interface Trait {
  readonly trait: string;
  readonly change: Partial<SshdConnection>;
}

function joined({ connection, traits }: SshdProbe, { trait, change }: Trait): SshdProbe {
  return { connection: { ...connection, ...change }, traits: [...traits, trait] };
}

function listsOf(blocks: readonly MatchBlock[], name: string): readonly string[] {
  return blocks.flatMap(({ text }) => matchCriteria(text).get(name) ?? []);
}

function leftOut(blocks: readonly MatchBlock[], name: string): readonly string[] {
  const patterns = listsOf(blocks, name).flatMap((list) => list.split(","));
  return patterns.filter((one) => one.startsWith("!")).map((one) => one.slice(1));
}

function usersOf(blocks: readonly MatchBlock[], accounts: readonly LocalAccount[]): readonly string[] {
  const own = blocks.flatMap(({ connection }) => connection?.user ?? []);
  const members = leftOut(blocks, "group").flatMap(
    (group) => accounts.find(({ groups }) => isIn(group, groups))?.name ?? [],
  );
  return unique([...own, ...leftOut(blocks, "user").flatMap(examplesOf), ...members], ANYBODY.user);
}

function addressesOf(blocks: readonly MatchBlock[]): readonly string[] {
  const own = blocks.flatMap(({ connection }) => connection?.address ?? []);
  const others = leftOut(blocks, "address").flatMap((pattern) => addressExample(pattern) ?? []);
  const isUsual = listsOf(blocks, "address").some((list) => addressInList(list, ANYBODY.address));
  return unique([...own, ...others, ...(isUsual ? [OTHER_FAMILY] : [])], ANYBODY.address);
}

function hostsOf(blocks: readonly MatchBlock[]): readonly string[] {
  const own = blocks.flatMap(({ connection }) => connection?.host ?? []);
  return unique([...own, ...leftOut(blocks, "host").flatMap(examplesOf)], "");
}

/** Whether the block is about this connection, as far as sshd's rules are known here. */
export function isAbout({ text }: MatchBlock, connection: SshdConnection, accounts: readonly LocalAccount[]): boolean {
  const { user, address, host = address, localPort = 22 } = connection;
  const groups = accounts.find(({ name }) => name === user)?.groups ?? [];
  return [...matchCriteria(text)].every(([name, list]) => {
    switch (name) {
      case "all":
        return true;
      case "user":
        return nameInList(list, user);
      case "group":
        return isIn(list, groups);
      case "address":
        return addressInList(list, address);
      case "host":
        return hostInList(list, host);
      case "localport":
        return list.split(",").includes(String(localPort));
      default:
        return false;
    }
  });
}

/** sshd goes through the user's groups: a negated one that matches refuses, one positive has to match (match_pattern_list). */
function isIn(list: string, groups: readonly string[]): boolean {
  return inList(list, (pattern) => groups.some((group) => nameInList(pattern, group)));
}

function unique(values: readonly string[], but: string): readonly string[] {
  return [...new Set(values)].filter((one) => one !== but && one !== "");
}
