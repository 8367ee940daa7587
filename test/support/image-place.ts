// The two folders that a host gives to the daemon's container, with the owners and modes that README.md tells: the
// configuration, and the place of the sockets. They go with the test.

import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { ContainerPlace } from "./image-container.ts";
import type { ImageConfig } from "./image-store.ts";

export interface PlaceOptions {
  readonly root: string;
  readonly config: ImageConfig;
  /** Without caFile the daemon keeps the authorities that come with it. */
  readonly duo: { readonly host: string; readonly ikey: string; readonly skey: string; readonly caFile?: string };
  /** Of the daemon. */
  readonly owner: number;
  /** Of the configuration; 0600. */
  readonly mode?: number;
}

export function makePlace(t: TestContext, { root, config, duo, owner, mode = 0o600 }: PlaceOptions): ContainerPlace {
  const folder = mkdtempSync(join(tmpdir(), "duogate-image-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const etc = join(folder, "etc");
  const run = join(folder, "run");
  for (const path of [etc, run]) mkdirSync(path);
  chownSync(run, owner, owner);
  const lines = [`ikey = ${duo.ikey}`, `skey = ${duo.skey}`, `host = ${duo.host}`, "failmode = secure", "prompts = 1"];
  if (duo.caFile !== undefined) {
    copyFileSync(duo.caFile, join(etc, "ca.pem"));
    chmodSync(join(etc, "ca.pem"), 0o644);
    lines.push("cafile = /etc/duogate/ca.pem");
  }
  const file = join(etc, "duogate.conf");
  writeFileSync(file, ["[duo]", ...lines, "[gateway]", ""].join("\n"), { mode });
  chownSync(file, owner, owner);
  return { root, config, etc, run };
}
