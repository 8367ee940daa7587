// sshd_config as lines, with what it includes, in the order in which sshd reads them. Knows which lines stand in a Match block;
// interprets no value. Where it matters what a line comes to, sshd itself is asked (sshd.ts).

import { join } from "node:path";
import { filesMatching } from "./file-glob.ts";
import { textOrEmpty } from "./text-or-empty.ts";

export const SSHD_CONFIG = "/etc/ssh/sshd_config";
/** Relative names of included files are looked for here, whatever file includes them. */
const SSH_FOLDER = "/etc/ssh";
/** sshd's own limit. */
const INCLUDE_DEPTH_MAX = 16;

export interface SshdStatement {
  readonly file: string;
  readonly line: number;
  /** In lower case. */
  readonly keyword: string;
  readonly value: string;
  /** Inside a Match block, or in a file that one includes. */
  readonly inMatch: boolean;
}

export interface SshdConfigPlace {
  readonly path?: string | undefined;
  /** Not /etc/ssh in tests alone. */
  readonly folder?: string | undefined;
}

/** Empty where the file cannot be read. */
export function sshdStatements({
  path = SSHD_CONFIG,
  folder = SSH_FOLDER,
}: SshdConfigPlace = {}): readonly SshdStatement[] {
  return statementsOf(path, folder, false, 0);
}

function statementsOf(file: string, folder: string, within: boolean, depth: number): readonly SshdStatement[] {
  // A Match block ends with the file that it stands in.
  let inMatch = within;
  return textOrEmpty(file)
    .split("\n")
    .flatMap((raw, index): readonly SshdStatement[] => {
      const [, word = "", rest = ""] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(raw) ?? [];
      const keyword = word.toLowerCase();
      if (keyword === "") return [];
      if (keyword === "match") inMatch = true;
      const value = rest.replace(/\s+#.*$/, "").replace(/^"(.*)"$/, "$1");
      if (keyword !== "include") return [{ file, line: index + 1, keyword, value, inMatch }];
      if (depth === INCLUDE_DEPTH_MAX) return [];
      const files = value.split(/\s+/).flatMap((pattern) => filesOf(pattern.replaceAll('"', ""), folder));
      return files.flatMap((one) => statementsOf(one, folder, inMatch, depth + 1));
    });
}

/** The line whose value holds outside of Match blocks: of most keywords sshd takes the first. */
export function firstStatement(
  statements: readonly SshdStatement[],
  keywords: readonly string[],
): SshdStatement | undefined {
  return statements.find(({ keyword, inMatch }) => !inMatch && keywords.includes(keyword));
}

/** As glob(3) finds them, which is how sshd does. */
function filesOf(pattern: string, folder: string): readonly string[] {
  return filesMatching(pattern.startsWith("/") ? pattern : join(folder, pattern));
}
