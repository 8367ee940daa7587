// Whether the folders on the way to a file can be trusted: whoever can write one of them can put another file in
// place. The same rule as the helper's for sockets (docs/PROTOCOL.md section 4). Used by trusted-file.ts.

import type { Stats } from "node:fs";
import { lstat } from "node:fs/promises";
import { dirname, isAbsolute, resolve } from "node:path";
import { type Complaint, complaint } from "./problem.ts";

/**
 * The first fault on the way from / to the folder of `path`, which must be absolute. Once a folder is found good, only
 * root or we ourselves can change what lies in it, so looking at one after another is no race.
 */
export async function folderFault(path: string): Promise<Complaint | undefined> {
  if (!isAbsolute(path) || resolve(path) !== path) {
    return complaint("cannot-open", "the path is not absolute and plain", `write ${resolve(path)}`);
  }
  const folders = ancestors(path);
  for (const [index, folder] of folders.entries()) {
    let stats: Stats;
    try {
      stats = await lstat(folder);
    } catch {
      return complaint(
        "cannot-open",
        `the folder ${folder} cannot be looked at`,
        `create ${folder}, or name another file`,
      );
    }
    const fault = oneFault(folder, stats, index === folders.length - 1);
    if (fault) return fault;
  }
  return undefined;
}

function ancestors(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === path ? [] : folder === "/" ? ["/"] : [...ancestors(folder), folder];
}

/**
 * SECURITY: a sticky folder such as /tmp keeps others from renaming what lies in it, so it may be on the way to a
 * folder of root's. It may not be the file's own folder: there others could make the file first, or link an old one
 * of root's under its name.
 */
function oneFault(folder: string, stats: Stats, holdsTheFile: boolean): Complaint | undefined {
  if (stats.isSymbolicLink()) {
    return complaint(
      "symbolic-link",
      `the folder ${folder} is a symbolic link`,
      "write the path without symbolic links",
    );
  }
  if (!stats.isDirectory()) return complaint("not-a-file", `${folder} is not a folder`, "correct the path");
  if (stats.uid !== 0 && stats.uid !== process.geteuid?.()) {
    const message = `the folder ${folder} belongs to uid ${stats.uid}, who could replace the file`;
    return complaint("wrong-owner", message, `run: chown root ${folder}`);
  }
  const stickyOnTheWay = (stats.mode & 0o1000) !== 0 && stats.uid === 0 && !holdsTheFile;
  if ((stats.mode & 0o022) === 0 || stickyOnTheWay) return undefined;
  return complaint("open-to-others", `others can write to the folder ${folder}`, `run: chmod go-w ${folder}`);
}
