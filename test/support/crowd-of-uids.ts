// Root's connections to login.sock under many uids, as newuidmap lets one account have them; and a daemon that sees another
// /etc/subuid and /etc/passwd than this machine's, in a mount namespace of its own.

import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { repositoryFile } from "./repository.ts";

export interface Crowd {
  /** Connections that are open now, and those that the daemon has closed since the start. */
  count(): Promise<{ readonly held: number; readonly closed: number }>;
}

export interface CrowdOptions {
  readonly socket: string;
  readonly uids: readonly number[];
  /** Connections for each uid. */
  readonly each: number;
  /** Connects again as soon as it was closed. */
  readonly again?: boolean;
  /** What a uid says as soon as it is connected; nothing without it. */
  readonly says?: (uid: number) => Buffer;
}

/** Resolves when each has connected once. It ends with the test. */
export async function gatherUids(
  t: TestContext,
  { socket, uids, each, again = false, says }: CrowdOptions,
): Promise<Crowd> {
  const people = uids.map((uid) => (says === undefined ? String(uid) : `${uid}=${says(uid).toString("hex")}`));
  const script = repositoryFile("test/support/crowd-of-uids.py");
  const args = [script, socket, String(each), again ? "again" : "once", ...people];
  const child = spawn("python3", args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  t.after(async () => {
    child.stdin.end();
    await ended;
  });
  const waiters: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => waiters.shift()?.(line));
  const nextLine = () =>
    Promise.race([
      new Promise<string>((resolve) => waiters.push(resolve)),
      ended.then(() => Promise.reject(new Error("the crowd ended"))),
    ]);
  await nextLine();
  return {
    async count() {
      const line = nextLine();
      child.stdin.write("\n");
      return JSON.parse(await line) as { held: number; closed: number };
    },
  };
}

/** How a daemon is started that sees these texts in /etc, and has so many descriptors. */
export function privateMachine(
  folder: string,
  { files, descriptors }: { readonly files: Readonly<Record<string, string>>; readonly descriptors?: number },
): readonly string[] {
  const mounts = Object.entries(files).map(([name, text], i) => {
    const source = join(folder, `etc-${i}`);
    writeFileSync(source, text, { mode: 0o644 });
    return `mount --bind ${source} /etc/${name}`;
  });
  const limit = descriptors === undefined ? [] : ["prlimit", `--nofile=${descriptors}:${descriptors}`];
  return [
    "unshare",
    "--mount",
    "--propagation",
    "private",
    "sh",
    "-ec",
    [...mounts, 'exec "$@"'].join("\n"),
    "sh",
    ...limit,
  ];
}

/** Why no such daemon and crowd can be had here; false when they can. */
export function noCrowd(): string | false {
  if (process.getuid?.() !== 0) return "needs root: only root can become other users";
  const can = spawnSync("unshare", ["--mount", "--propagation", "private", "true"]).status === 0;
  return can ? false : "needs mount namespaces";
}
