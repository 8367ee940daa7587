// The Debian 13 that the image is built on: an archive made once by debootstrap, from the mirror that apt uses here, and kept
// in the cache folder. An archive of another recipe or an older one is replaced. Called by the image test.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, debianMirror, recipeKey } from "./debian-source.ts";
import { repositoryFile } from "./repository.ts";

/** So that the test meets today's packages. */
const REFRESH_AFTER_MS = 14 * 24 * 60 * 60 * 1000;
const MAKING_LIMIT_MS = 10 * 60 * 1000;
const PREFIX = "image-base-";

/** The archive's path. Throws with debootstrap's words when it can neither be made nor found. */
export function debianBaseArchive(): string {
  const cache = cacheFolder();
  const recipe = repositoryFile("test/support/image-base.sh");
  const key = recipeKey(recipe);
  const cached = newest(cache, key);
  if (cached !== undefined && Date.now() - cached.madeAt < REFRESH_AFTER_MS) return cached.file;
  const made = make(recipe, cache, key);
  for (const name of archives(cache)) {
    if (join(cache, name) !== made) rmSync(join(cache, name), { force: true });
  }
  return made;
}

function archives(cache: string): readonly string[] {
  return readdirSync(cache).filter((name) => name.startsWith(PREFIX));
}

function newest(cache: string, key: string): { readonly file: string; readonly madeAt: number } | undefined {
  const found = archives(cache).flatMap((name) => {
    const [, ofKey, madeAt] = /^image-base-([0-9a-f]+)-([0-9]+)\.tar$/u.exec(name) ?? [];
    return ofKey === key ? [{ file: join(cache, name), madeAt: Number(madeAt) }] : [];
  });
  return found.sort((a, b) => b.madeAt - a.madeAt)[0];
}

function make(recipe: string, cache: string, key: string): string {
  const mirror = debianMirror();
  process.stderr.write(`making a Debian 13 to build on, by debootstrap; it is kept in ${cache}\n`);
  const folder = mkdtempSync(join(cache, "making-"));
  try {
    const limits = { timeout: MAKING_LIMIT_MS, killSignal: "SIGKILL" } as const;
    const { status, stdout, stderr } = spawnSync("sh", [recipe, folder, ...(mirror === undefined ? [] : [mirror])], {
      encoding: "utf8",
      ...limits,
    });
    if (status !== 0) throw new Error(`debootstrap failed: ${`${stdout}${stderr}`.slice(-2000)}`);
    // Complete under its final name or not there at all: another run may look for it right now.
    const final = join(cache, `${PREFIX}${key}-${Date.now()}.tar`);
    renameSync(join(folder, "base.tar"), final);
    return final;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
