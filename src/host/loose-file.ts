// Whether somebody besides root could change a file that root's programs obey. Reads. Called by cli/.

import { statSync } from "node:fs";
import { dirname } from "node:path";

export interface LooseFile {
  /** The file, or the folder that it is in. */
  readonly path: string;
  readonly uid: number;
  /** Permission bits alone. */
  readonly mode: number;
}

/** The first of file and folder that is not root's alone to change; undefined where both are. `owner` may own it as well. */
export function looseFile(file: string, owner = 0): LooseFile | undefined {
  for (const path of [file, dirname(file)]) {
    try {
      const { uid, mode } = statSync(path);
      if ((uid !== 0 && uid !== owner) || (mode & 0o022) !== 0) return { path, uid, mode: mode & 0o7777 };
    } catch {
      return undefined;
    }
  }
  return undefined;
}
