// The Match blocks of sshd_config, each as a connection that it applies to, so that sshd itself can be asked what it does
// there. Finds the blocks; judges no value. Called by cli/.

import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { ANYBODY, type SshdConnection } from "./sshd.ts";
import { textOrEmpty } from "./text-or-empty.ts";

export interface MatchBlock {
  readonly file: string;
  readonly line: number;
  /** As written, without the word Match. */
  readonly text: string;
  /** Undefined where no single connection could be made from it: patterns, or a group. */
  readonly connection: SshdConnection | undefined;
}

export const SSHD_CONFIG = "/etc/ssh/sshd_config";
const INCLUDE_DEPTH_MAX = 3;

/** In the order of the files. Empty where the file cannot be read. */
export function matchBlocks(path = SSHD_CONFIG, depth = 0): readonly MatchBlock[] {
  const text = textOrEmpty(path);
  return text.split("\n").flatMap((raw, index): readonly MatchBlock[] => {
    const [, keyword = "", rest = ""] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)"?(.*?)"?\s*$/.exec(raw) ?? [];
    if (keyword.toLowerCase() === "include" && depth < INCLUDE_DEPTH_MAX) {
      return rest
        .split(/\s+/)
        .flatMap((pattern) => filesOf(pattern, path).flatMap((file) => matchBlocks(file, depth + 1)));
    }
    if (keyword.toLowerCase() !== "match") return [];
    return [{ file: path, line: index + 1, text: rest, connection: connectionOf(rest) }];
  });
}

function connectionOf(criteria: string): SshdConnection | undefined {
  const words = criteria.split(/\s+|=/).filter((word) => word !== "");
  let connection: SshdConnection = ANYBODY;
  for (let i = 0; i < words.length; i += 2) {
    const [name = "", value] = [words[i]?.toLowerCase(), words[i + 1]];
    if (name === "all") i -= 1;
    else {
      const more = criterion(name, firstLiteral(value, name));
      if (more === undefined) return undefined;
      connection = { ...connection, ...more };
    }
  }
  return connection;
}

function criterion(name: string, value: string | undefined): Partial<SshdConnection> | undefined {
  if (value === undefined) return undefined;
  if (name === "user") return { user: value };
  if (name === "address") return { address: value };
  if (name === "host") return { host: value };
  return name === "localport" ? { localPort: Number(value) } : undefined;
}

/** The first pattern that names one thing; of a network, its own address lies inside. */
function firstLiteral(list: string | undefined, name: string): string | undefined {
  const literal = list?.split(",").find((one) => !/[*?!]/.test(one) && one !== "");
  return name === "address" ? literal?.split("/")[0] : literal;
}

/** Only a star in the last part is followed, which is how distributions write it. */
function filesOf(pattern: string, from: string): readonly string[] {
  const path = pattern.startsWith("/") ? pattern : join(dirname(from), pattern);
  const [before, after] = path.slice(path.lastIndexOf("/") + 1).split("*");
  if (after === undefined) return [path];
  try {
    const names = readdirSync(dirname(path)).filter((name) => name.startsWith(before ?? "") && name.endsWith(after));
    return names.sort().map((name) => join(dirname(path), name));
  } catch {
    return [];
  }
}
