// Whether a path can be trusted to lead to what root meant: who owns each folder on the way, and who could change it. The
// same rules as the PAM module's own walk (native/src/path.c), so that what is found here is what the module would say.
// Reads. Called by cli/.

import { lstatSync, type Stats } from "node:fs";
import { dirname } from "node:path";

export type PathFault =
  | { readonly kind: "missing"; readonly path: string }
  | { readonly kind: "symbolic-link"; readonly path: string }
  | { readonly kind: "not-a-folder"; readonly path: string }
  | { readonly kind: "not-a-socket"; readonly path: string }
  | { readonly kind: "owner"; readonly path: string; readonly uid: number }
  | { readonly kind: "writable"; readonly path: string; readonly mode: number }
  | { readonly kind: "unreadable"; readonly path: string; readonly reason: string };

export interface SocketFound {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits alone. */
  readonly mode: number;
}

export type PathTrust = { readonly fault: PathFault } | { readonly fault: undefined; readonly socket: SocketFound };

/** `owner` is who may own parts of the path besides root, as the module's argument `owner=` says. */
export function socketTrust(path: string, owner = 0): PathTrust {
  const trusted = (found: Stats) => found.uid === 0 || found.uid === owner;
  const folders = parents(path);
  for (const [index, folder] of folders.entries()) {
    const fault = folderFault(folder, trusted, index === folders.length - 1);
    if (fault !== undefined) return { fault };
  }
  const found = look(path);
  if ("kind" in found) return { fault: found };
  if (found.isSymbolicLink()) return { fault: { kind: "symbolic-link", path } };
  if (!found.isSocket()) return { fault: { kind: "not-a-socket", path } };
  if (!trusted(found)) return { fault: { kind: "owner", path, uid: found.uid } };
  return { fault: undefined, socket: { uid: found.uid, gid: found.gid, mode: found.mode & 0o7777 } };
}

function folderFault(path: string, trusted: (found: Stats) => boolean, last: boolean): PathFault | undefined {
  const found = look(path);
  if ("kind" in found) return found;
  if (found.isSymbolicLink()) return { kind: "symbolic-link", path };
  if (!found.isDirectory()) return { kind: "not-a-folder", path };
  if (!trusted(found)) return { kind: "owner", path, uid: found.uid };
  const writable = (found.mode & 0o022) !== 0;
  // Root's sticky folder, such as /tmp, may lie on the way; what is directly in it could be anybody's.
  const shared = found.uid === 0 && (found.mode & 0o1000) !== 0 && !last;
  return writable && !shared ? { kind: "writable", path, mode: found.mode & 0o7777 } : undefined;
}

/** `/`, then each folder down to the one that `path` is in. */
function parents(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === path ? [] : [...parents(folder), folder];
}

function look(path: string): Stats | PathFault {
  try {
    return lstatSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return code === "ENOENT" ? { kind: "missing", path } : { kind: "unreadable", path, reason: code };
  }
}
