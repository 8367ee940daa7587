// Where the tests that need a whole Debian get it from, and where they keep what they made of it. Called by booted-base.ts
// and image-base.ts.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Made when it is missing. SECURITY: whole systems lie in there, with set-user-id programs and well-known passwords. */
export function cacheFolder(): string {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "duogate");
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  return cache;
}

/** The same for the same recipe: what another recipe made is not taken. */
export function recipeKey(recipe: string): string {
  return createHash("sha256").update(readFileSync(recipe)).digest("hex").slice(0, 16);
}

/** The mirror of the machine's own apt, which is the one that can be reached from here; undefined: debootstrap's own choice. */
export function debianMirror(): string | undefined {
  const given = process.env["DUOGATE_DEBIAN_MIRROR"];
  if (given !== undefined) return given;
  try {
    const format = "$(ORIGIN)/$(LABEL) $(REPO_URI)";
    const args = ["indextargets", "--format", format, "Created-By: Packages"];
    const targets = execFileSync("apt-get", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return /^Debian\/Debian (https?:\S+)$/mu.exec(targets)?.[1];
  } catch {
    return undefined;
  }
}
