// Building the Debian package for tests, and packages that differ from it in one thing.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { repositoryFile } from "./repository.ts";

export interface BuildOptions {
  /** The checkout to build from. */
  readonly source?: string;
  readonly umask?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Builds into the folder; returns the package's path. Throws with what the build said when it fails. */
export function buildPackage(output: string, options: BuildOptions = {}): string {
  const { source = repositoryFile("."), umask = "022", env = {} } = options;
  const script = `umask ${umask} && exec sh "$1"/packaging/build.sh --output "$2"`;
  const ended = spawnSync("sh", ["-c", script, "sh", source, output], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    cwd: output,
  });
  if (ended.status !== 0) throw new Error(`the package was not built: ${ended.stdout}${ended.stderr}`);
  return ended.stdout.trim();
}

/** A copy of the package with a higher version, after `change`, a shell script that runs where it is unpacked. */
export function nextPackage(file: string, folder: string, name: string, change = "true"): string {
  const unpacked = join(folder, name);
  const next = `${unpacked}.deb`;
  const script = `dpkg-deb --raw-extract "$1" "$2" && cd "$2" && sed -i "s/^Version: .*/&+$4/" DEBIAN/control && ${change} &&
    dpkg-deb --root-owner-group -Znone --build "$2" "$3" >/dev/null && rm -r "$2"`;
  const ended = spawnSync("sh", ["-ec", script, "sh", file, unpacked, next, name], { encoding: "utf8" });
  if (ended.status !== 0) throw new Error(`no package ${name}: ${ended.stdout}${ended.stderr}`);
  return next;
}
