// Where things are in the checkout, seen from a compiled test in dist/test/.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** Absolute path of a file of the repository. */
export function repositoryFile(path: string): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "biome.json"))) {
    if (dirname(folder) === folder) throw new Error("this test runs outside a checkout");
    folder = dirname(folder);
  }
  return join(folder, path);
}
