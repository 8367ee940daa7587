// What `groups` comes to on this machine: how many accounts have to pass, and which patterns match no group. Pure; it decides
// as logins do (policy/groups.ts). Shared by doctor and check.

import type { Config } from "../../config/config.ts";
import { displayLine } from "../../core/display-text.ts";
import type { LocalAccounts } from "../../host/accounts.ts";
import { groupsToConfirm, matchesNone, mustPass } from "../../policy/groups.ts";
import { type Finding, note, warning } from "./finding.ts";

const AREA = "groups";

export function groupFindings({ duo, services }: Config, local: LocalAccounts): readonly Finding[] {
  const sections: (readonly [string, readonly string[]])[] = [["[duo]", duo.groups]];
  for (const [name, { groups }] of services) {
    if (groups.join(" ") !== duo.groups.join(" ")) sections.push([`[service:${name}]`, groups]);
  }
  return sections.flatMap(([name, tokens]) =>
    tokens.length === 0 ? [] : [countOf(name, tokens, local), ...unmatched(name, tokens, local)],
  );
}

function countOf(
  section: string,
  tokens: readonly string[],
  { accounts, groups: all, directory }: LocalAccounts,
): Finding {
  const known = new Set(all);
  // A name that cannot be found leaves open whose it is, and whoever is in no other list has to pass too.
  const isOpen = (groups: readonly string[]) => groupsToConfirm(tokens, groups).some((name) => !known.has(name));
  const count = accounts.filter(({ groups }) => mustPass(tokens, groups) || (!directory && isOpen(groups))).length;
  const beside = directory ? "; groups and users of the directory are not counted" : "";
  const seen = `${section}: ${count} of the ${accounts.length} accounts in /etc/passwd with a shell have to pass${beside}`;
  if (count > 0 || directory || accounts.length === 0) return note(AREA, "groups-count", seen);
  const remedy =
    "look at groups =, or remove the line: everybody has to pass then. duogate explain USER@SERVICE shows why";
  const finding = warning(AREA, "groups-nobody", `${seen}: everybody is let in without Duo`, remedy);
  return { ...finding, subject: `${section} ${tokens.join(" ")}` };
}

function unmatched(
  section: string,
  tokens: readonly string[],
  { groups, directory }: LocalAccounts,
): readonly Finding[] {
  // Without the file nothing is known.
  const patterns = groups.length === 0 ? [] : [...new Set(matchesNone(tokens, groups))];
  return patterns.map((pattern) => {
    const seen = `${section}: no group of /etc/group matches the pattern ${displayLine(pattern, 64)}`;
    // A name that a directory has is not in the file.
    if (directory)
      return note(AREA, "groups-unmatched", `${seen}; the directory's are not looked at`, "getent group NAME");
    const finding = warning(AREA, "groups-unmatched", `${seen}: ${effectOf(pattern)}`, "correct it, or take it out");
    return { ...finding, subject: `${section} ${pattern}` };
  });
}

function effectOf(pattern: string): string {
  if (pattern.startsWith("!")) return "it excludes nobody";
  return /[*?]/.test(pattern)
    ? "nobody has to pass by it"
    : "whoever is in no other group that is named has to pass too";
}
