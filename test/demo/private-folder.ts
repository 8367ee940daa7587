// Owns a private folder with a PAM stack in it: made for this process alone, and gone with it however the process ends.
// Called by the demo's stage and by the benchmark.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface PrivateFolder {
  readonly path: string;
  /** For pam_start_confdir. */
  readonly confdir: string;
  /** Writes a service of one or more `auth` lines. */
  service(name: string, lines: readonly string[]): void;
  /** A folder inside. */
  folder(name: string): string;
  remove(): void;
}

/** @throws when the folder for temporary files cannot be used. */
export function makePrivateFolder(prefix: string): PrivateFolder {
  // The module refuses a socket behind a symbolic link, and on some systems the usual folder is one.
  const path = mkdtempSync(join(realpathSync(tmpdir()), prefix));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  process.once("exit", remove);
  const folder = (name: string): string => {
    mkdirSync(join(path, name), { mode: 0o700 });
    return join(path, name);
  };
  const confdir = folder("pam.d");
  const service = (name: string, lines: readonly string[]): void =>
    writeFileSync(join(confdir, name), lines.map((line) => `${line}\n`).join(""));
  service("other", ["auth required pam_deny.so"]);
  return { path, confdir, service, folder, remove };
}
