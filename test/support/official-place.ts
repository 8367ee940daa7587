// Where Debian's own Duo clients are told to find an emulator: a private folder with their configuration file.
// Used by official-duo-unix.ts. Nothing in /etc is read or written.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuoPlace } from "./gateway.ts";

/** Further options of the `[duo]` section; they replace those of the same name. */
export type DuoConf = Readonly<Record<string, string>>;

/** The text of pam_duo.conf or login_duo.conf. Fails secure unless `conf` says otherwise, so that no fault passes for a login. */
export function duoConfText(place: DuoPlace, conf: DuoConf = {}): string {
  const { host, ikey, skey, caFile: cafile } = place;
  const options = { host, ikey, skey, cafile, failmode: "secure", ...conf };
  return ["[duo]", ...Object.entries(options).map(([key, value]) => `${key} = ${value}`), ""].join("\n");
}

/** Calls `use` with a private folder that holds the configuration, and removes the folder afterwards. */
export async function withDuoConf<T>(
  place: DuoPlace,
  conf: DuoConf | undefined,
  use: (folder: string, confFile: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "duogate-official-"));
  const confFile = join(folder, "duo.conf");
  // Both clients refuse a file that others can read.
  writeFileSync(confFile, duoConfText(place, conf), { mode: 0o600 });
  try {
    return await use(folder, confFile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
