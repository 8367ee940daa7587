// The file rules of an AppArmor profile, as apparmor_parser reads them with everything that it includes: may a path be read,
// written, mapped? Only what the profile of duogated and its abstractions use: no deny rules, no conditions on owners.

import { execFileSync } from "node:child_process";

export type Permission = "r" | "w" | "m";

export interface FileRules {
  /** How many rules there are. */
  readonly count: number;
  permits(path: string, permission: Permission): boolean;
}

interface Rule {
  readonly pattern: RegExp;
  readonly permissions: string;
}

export function fileRules(profile: string): FileRules {
  const text = execFileSync("apparmor_parser", ["--preprocess", profile], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const variables = new Map<string, readonly string[]>();
  const rules: Rule[] = [];
  for (const line of text.split("\n")) {
    const [, name, values] = /^\s*@\{(\w+)\}\s*=\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && values !== undefined) variables.set(name, values.trim().replaceAll('"', "").split(/\s+/));
    const [, path, permissions] = /^\s*(?:owner\s+)?((?:\/|@\{)\S*)\s+([a-zA-Z]+),/.exec(line) ?? [];
    if (path === undefined || permissions === undefined) continue;
    for (const one of resolve(path, variables)) rules.push({ pattern: patternOf(one), permissions });
  }
  return {
    count: rules.length,
    permits: (path, permission) =>
      rules.some(({ pattern, permissions }) => permissions.includes(permission) && pattern.test(path)),
  };
}

/** The path for each value of each variable in it. */
function resolve(path: string, variables: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const [whole, name = ""] = /@\{(\w+)\}/.exec(path) ?? [];
  if (whole === undefined) return [path.replace(/\/+/g, "/")];
  return (variables.get(name) ?? []).flatMap((value) =>
    resolve(
      path.replace(whole, () => value),
      variables,
    ),
  );
}

const TOKENS: ReadonlyMap<string, string> = new Map([
  ["**", ".*"],
  ["*", "[^/]*"],
  ["?", "[^/]"],
  ["{", "(?:"],
  ["}", ")"],
  // No path that is asked about has one.
  [",", "|"],
]);

/** AppArmor's patterns: ** is anything, * and ? stop at a slash, {a,b} and [a-z] choose. */
function patternOf(path: string): RegExp {
  const text = path.replace(/\*\*|\[[^\]]*\]|[^a-zA-Z0-9/]/g, (token) => {
    return TOKENS.get(token) ?? (token.startsWith("[") ? token : `\\${token}`);
  });
  return new RegExp(`^${text}$`);
}
