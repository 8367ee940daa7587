// The Debian 13 that booted machines start from: made once by debootstrap from the mirror that apt uses here, kept
// in the cache folder, and only ever read afterwards (each machine is an overlay on it). Called by booted.ts, outside
// the sandbox, where there is a network.

import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { repositoryFile } from "./repository.ts";

/** Where apt gets Debian itself, when the machine's own sources do not tell. */
const USUAL_MIRROR = "http://mirror.example/debian";
/** A base older than this is made anew, so that the tests meet today's packages. */
const REFRESH_AFTER_MS = 14 * 24 * 60 * 60 * 1000;
const MAKING_LIMIT_MS = 15 * 60 * 1000;

/** The folder of a base that can be booted, or why there is none. */
export type Base =
  | { readonly kind: "ready"; readonly folder: string }
  | { readonly kind: "none"; readonly why: string };

/** Takes the base from the cache, or makes it and says so on standard error. An old one is better than none. */
export async function debianBase(): Promise<Base> {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "duogate");
  // SECURITY: a whole system lies in there, with set-user-id programs and well-known passwords.
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const recipe = repositoryFile("test/support/booted-base.sh");
  const key = createHash("sha256").update(readFileSync(recipe)).digest("hex").slice(0, 16);
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
  process.stderr.write(`making a Debian 13 to boot, by debootstrap from ${mirror}; it is kept in ${cache}\n`);
  const folder = mkdtempSync(join(cache, "making-"));
  const root = join(folder, "root");
  // In namespaces of its own: when it is ended, by whatever signal, no process and no mount of debootstrap stays.
  const argv = ["--mount", "--propagation", "private", "--pid", "--mount-proc", "--fork", "--kill-child", "sh", recipe];
  const child = spawn("unshare", [...argv, root, mirror], {
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
    return { kind: "none", why: `debootstrap from ${mirror} failed: ${said.trim().split("\n").slice(-3).join(" / ")}` };
  }
  // Complete under its final name or not there at all: another run may look for it right now.
  const final = join(cache, `${prefix}${Date.now()}`);
  renameSync(root, final);
  rmSync(folder, { recursive: true });
  return { kind: "ready", folder: final };
}

/** The mirror of the machine's own apt, which is the one that can be reached from here. */
function debianMirror(): string {
  const given = process.env["DUOGATE_DEBIAN_MIRROR"];
  if (given !== undefined) return given;
  try {
    const format = "$(ORIGIN)/$(LABEL) $(REPO_URI)";
    const args = ["indextargets", "--format", format, "Created-By: Packages"];
    const targets = execFileSync("apt-get", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return /^Debian\/Debian (https?:\S+)$/mu.exec(targets)?.[1] ?? USUAL_MIRROR;
  } catch {
    return USUAL_MIRROR;
  }
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
