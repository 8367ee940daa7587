// The accounts of this machine with their groups, as getent lists them: where a directory lists nobody, those of the files.

import type { RunProgram } from "./program.ts";

export interface LocalAccount {
  readonly name: string;
  readonly groups: readonly string[];
}

/** `named` are groups whose members are asked for one by one: a directory that lists nobody answers for a name. */
export async function machineAccounts(
  run: RunProgram,
  named: readonly string[] = [],
): Promise<readonly LocalAccount[]> {
  const users = lines(await run("getent", ["passwd"]));
  const groups = [
    ...lines(await run("getent", ["group"])),
    ...(named.length === 0 ? [] : lines(await run("getent", ["group", ...named]))),
  ];
  const byGid = new Map(groups.map(([name = "", , gid = ""]) => [gid, name]));
  const members = new Map<string, Set<string>>();
  const add = (user: string, group: string) => members.set(user, (members.get(user) ?? new Set()).add(group));
  for (const [name = "", , , gid = ""] of users) add(name, byGid.get(gid) ?? "");
  for (const [group = "", , , list = ""] of groups) {
    for (const user of list.split(",").filter((one) => one !== "")) add(user, group);
  }
  return [...members].map(([name, own]) => ({ name, groups: [...own].filter((group) => group !== "") }));
}

function lines(said: Awaited<ReturnType<RunProgram>>): readonly (readonly string[])[] {
  // getent gives what it has also where one of several names is not known (code 2).
  if (!said.ok) return [];
  return said.value.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(":"));
}
