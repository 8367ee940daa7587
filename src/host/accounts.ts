// The accounts and groups that this machine's own files have: passwd(5), group(5), and whether nsswitch.conf(5) names a
// directory besides. Files alone: a directory can have any number of users, and may be out of reach. Decides nothing.

import { join } from "node:path";
import { textOrEmpty } from "./text-or-empty.ts";

export interface LocalAccount {
  readonly name: string;
  /** Their names. */
  readonly groups: readonly string[];
}

export interface LocalAccounts {
  /** Those with a shell that lets them in. */
  readonly accounts: readonly LocalAccount[];
  /** All groups, those of other accounts too. */
  readonly groups: readonly string[];
  /** Groups come from elsewhere as well, and so can memberships of these accounts. */
  readonly directory: boolean;
}

const NO_LOGIN = /\/(nologin|false|sync|halt|shutdown)$/;
/** Sources of nsswitch.conf that are this machine's. */
const LOCAL: ReadonlySet<string> = new Set(["files", "compat", "systemd", "altfiles"]);

export function localAccounts(root = "/"): LocalAccounts {
  const groups = rowsOf(root, "etc/group").map(([name = "", , gid = "", members = ""]) => ({
    name,
    gid,
    members: members.split(",").filter((one) => one !== ""),
  }));
  const names = new Map(groups.map(({ gid, name }) => [gid, name]));
  const memberOf = new Map<string, string[]>();
  for (const { name, members } of groups) {
    for (const member of members) {
      const known = memberOf.get(member);
      if (known === undefined) memberOf.set(member, [name]);
      else known.push(name);
    }
  }
  const accounts = rowsOf(root, "etc/passwd").flatMap(([name = "", , , gid = "", , , shell = ""]) => {
    if (name === "" || NO_LOGIN.test(shell)) return [];
    const own = names.get(gid);
    const others = memberOf.get(name) ?? [];
    return [{ name, groups: own === undefined || others.includes(own) ? others : [own, ...others] }];
  });
  return { accounts, groups: groups.map(({ name }) => name), directory: hasDirectory(root) };
}

function rowsOf(root: string, path: string): readonly (readonly string[])[] {
  return textOrEmpty(join(root, path))
    .split("\n")
    .filter((line) => line !== "" && !/^[#+-]/.test(line))
    .map((line) => line.split(":"));
}

function hasDirectory(root: string): boolean {
  const lines = textOrEmpty(join(root, "etc/nsswitch.conf")).split("\n");
  const sources = lines.flatMap((line) => /^\s*(?:group|initgroups):([^#]*)/.exec(line)?.[1] ?? "");
  const words = sources.flatMap((line) =>
    line
      .replaceAll(/\[[^\]]*\]/g, " ")
      .trim()
      .split(/\s+/),
  );
  return words.some((word) => word !== "" && !LOCAL.has(word));
}
