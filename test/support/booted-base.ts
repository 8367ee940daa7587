// The Debian 13 that booted machines start from: made once by debootstrap from the mirror that apt uses here, kept
// in the cache folder, and only ever read afterwards (each machine is an overlay on it). Called by booted.ts, outside
// the sandbox, where there is a network.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, debianMirror, recipeKey } from "./debian-source.ts";
import { repositoryFile } from "./repository.ts";

/** A base older than this is made anew, so that the tests meet today's packages. */
const REFRESH_AFTER_MS = 14 * 24 * 60 * 60 * 1000;
const MAKING_LIMIT_MS = 15 * 60 * 1000;

/** The folder of a base that can be booted, or why there is none. */
export type Base =
  | { readonly kind: "ready"; readonly folder: string }
  | { readonly kind: "none"; readonly why: string };

/** Takes the base from the cache, or makes it and says so on standard error. An old one is better than none. */
export async function debianBase(): Promise<Base> {
  const cache = cacheFolder();
  const recipe = repositoryFile("test/support/booted-base.sh");
  const key = recipeKey(recipe);
  const prefix = `debian-13-${key}-`;
  const cached = newest(cache, prefix);
  if (cached !== undefined && Date.now() - cached.madeAt < REFRESH_AFTER_MS) {
    return { kind: "ready", folder: cached.folder };
  }
  const made = await make(recipe, cache, prefix);
  if (made.kind === "none" && cached !== undefined) {
    process.stderr.write(`${made.why}; using the base of ${new Date(cached.madeAt).toISOString()}\n`);
    return { kind: "ready", folder: cached.folder };
  }
  if (made.kind === "ready") removeOld(cache);
  return made;
}

/** The base that has been made already, whatever its age; nothing is made here. */
export function cachedBase(): string | undefined {
  return newest(cacheFolder(), `debian-13-${recipeKey(repositoryFile("test/support/booted-base.sh"))}-`)?.folder;
}

function newest(cache: string, prefix: string): { readonly folder: string; readonly madeAt: number } | undefined {
  const stamps = readdirSync(cache)
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => b - a);
  const [madeAt] = stamps;
  return madeAt === undefined ? undefined : { folder: join(cache, `${prefix}${madeAt}`), madeAt };
}

async function make(recipe: string, cache: string, prefix: string): Promise<Base> {
  const mirror = debianMirror();
  process.stderr.write(`making a Debian 13 to boot, by debootstrap; it is kept in ${cache}\n`);
  const folder = mkdtempSync(join(cache, "making-"));
  const root = join(folder, "root");
  // In namespaces of its own: when it is ended, by whatever signal, no process and no mount of debootstrap stays.
  const argv = ["--mount", "--propagation", "private", "--pid", "--mount-proc", "--fork", "--kill-child", "sh", recipe];
  const child = spawn("unshare", [...argv, root, ...(mirror === undefined ? [] : [mirror])], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: MAKING_LIMIT_MS,
    killSignal: "SIGKILL",
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const [code] = await once(child, "close");
  if (code !== 0) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    return { kind: "none", why: `debootstrap failed: ${said.trim().split("\n").slice(-3).join(" / ")}` };
  }
  // Complete under its final name or not there at all: another run may look for it right now.
  const final = join(cache, `${prefix}${Date.now()}`);
  renameSync(root, final);
  rmSync(folder, { recursive: true });
  return { kind: "ready", folder: final };
}

/** What no run can be using any more: bases that would not be taken, of any recipe, and half-made ones. */
function removeOld(cache: string): void {
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name);
    const madeAt = /^debian-13-\w+-(\d+)$/u.exec(name)?.[1] ?? (name.startsWith("making-") ? mtimeMs(folder) : "");
    if (madeAt !== "" && Date.now() - Number(madeAt) > 2 * REFRESH_AFTER_MS) rmSync(folder, { recursive: true });
  }
}

function mtimeMs(path: string): number {
  return statSync(path).mtimeMs;
}
