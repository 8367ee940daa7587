// The Debian 13 that the image is built on: an archive made once by debootstrap, from the mirror that apt uses here, and kept
// in the cache folder. An archive of another recipe or an older one is replaced. Called by the image test.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { repositoryFile } from "./repository.ts";

/** Where apt gets Debian itself, when the machine's own sources do not tell. */
const USUAL_MIRROR = "http://mirror.example/debian";
/** So that the test meets today's packages. */
const REFRESH_AFTER_MS = 14 * 24 * 60 * 60 * 1000;
const MAKING_LIMIT_MS = 10 * 60 * 1000;
const PREFIX = "image-base-";

/** The archive's path. Throws with debootstrap's words when it can neither be made nor found. */
export function debianBaseArchive(): string {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "duogate");
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const recipe = repositoryFile("test/support/image-base.sh");
  const key = createHash("sha256").update(readFileSync(recipe)).digest("hex").slice(0, 16);
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
  process.stderr.write(`making a Debian 13 to build on, by debootstrap from ${mirror}; it is kept in ${cache}\n`);
  const folder = mkdtempSync(join(cache, "making-"));
  try {
    const limits = { timeout: MAKING_LIMIT_MS, killSignal: "SIGKILL" } as const;
    const { status, stdout, stderr } = spawnSync("sh", [recipe, folder, mirror], { encoding: "utf8", ...limits });
    if (status !== 0) throw new Error(`debootstrap from ${mirror} failed: ${`${stdout}${stderr}`.slice(-2000)}`);
    // Complete under its final name or not there at all: another run may look for it right now.
    const final = join(cache, `${PREFIX}${key}-${Date.now()}.tar`);
    renameSync(join(folder, "base.tar"), final);
    return final;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The mirror of the machine's own apt, which is the one that can be reached from here. */
function debianMirror(): string {
  const given = process.env["DUOGATE_DEBIAN_MIRROR"];
  if (given !== undefined) return given;
  try {
    const args = ["indextargets", "--format", "$(ORIGIN)/$(LABEL) $(REPO_URI)", "Created-By: Packages"];
    const targets = execFileSync("apt-get", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return /^Debian\/Debian (https?:\S+)$/mu.exec(targets)?.[1] ?? USUAL_MIRROR;
  } catch {
    return USUAL_MIRROR;
  }
}
