// Files by a pattern, as glob(3) finds them: *, ? and [...] in any part of a path, names with a dot at the front left out, sorted.
// Reads folders; opens no file.

import { readdirSync } from "node:fs";
import { join } from "node:path";

/** `pattern` is absolute. A path without wildcards is given as it is, there or not. */
export function filesMatching(pattern: string): readonly string[] {
  if (!WILD.test(pattern)) return [pattern];
  let found: readonly string[] = ["/"];
  for (const part of pattern.split("/").filter((one) => one !== "")) {
    found = WILD.test(part)
      ? found.flatMap((folder) => namesIn(folder, part).map((name) => join(folder, name)))
      : found.map((folder) => join(folder, part));
  }
  return found;
}

const WILD = /[*?[]/;

function namesIn(folder: string, part: string): readonly string[] {
  const wanted = partPattern(part);
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith(".") && wanted.test(name))
      .sort();
  } catch {
    return [];
  }
}

/** [!a-c] is [^a-c] there; a bracket that nothing closes is itself. */
function partPattern(part: string): RegExp {
  const source = part.replace(
    /\[([!^]?)(\]?[^\]]*)\]|[*?]|[.+^${}()|[\]\\]/g,
    (sign, not?: string, inside?: string) => {
      if (inside !== undefined) return `[${not === "" ? "" : "^"}${inside.replace(/[\\\]^[]/g, "\\$&")}]`;
      if (sign === "*") return ".*";
      return sign === "?" ? "." : `\\${sign}`;
    },
  );
  try {
    return new RegExp(`^${source}$`);
  } catch {
    // A range that runs backwards matches nothing.
    return /[^\s\S]/;
  }
}
