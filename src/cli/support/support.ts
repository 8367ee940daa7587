// `duogate support`: gathers what somebody who helps would ask for, without secrets, into one archive that only its owner can
// read. Nothing leaves the machine by itself. Called by run-support.ts.

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { displayText } from "../../core/display-text.ts";
import { EXIT } from "../exit-codes.ts";
import type { Item } from "./collect.ts";
import type { Scrubber } from "./scrub.ts";
import { type TarEntry, tarArchive } from "./tar.ts";

export interface SupportOptions {
  /** The archive, which must not exist. */
  readonly output: string;
  /** The folder inside of it. */
  readonly name: string;
  readonly wallMs: number;
}

export interface SupportParts {
  readonly items: readonly Item[];
  readonly scrubber: Scrubber;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

const ITEM_MAX_BYTES = 4 * 1024 * 1024;

/** Returns the exit code. */
export async function support(options: SupportOptions, parts: SupportParts): Promise<number> {
  const { output, name, wallMs } = options;
  const { items, scrubber, print, complain } = parts;
  const entries: TarEntry[] = [];
  for (const item of items) {
    const scrubbed = scrubber.scrub(cut(await textOf(item)));
    // What becomes of control characters could look like a secret again.
    const text = scrubber.scrub(displayText(scrubbed, 2 * ITEM_MAX_BYTES));
    entries.push({ name: `${name}/${item.name}`, bytes: Buffer.from(text) });
    print(`  ${item.name.padEnd(14)}${item.about}`);
  }
  // SECURITY: a secret that scrubbing has missed stops the bundle; nobody's eye has to find it.
  const leak = entries.find(({ bytes }) => scrubber.finds(bytes));
  if (leak !== undefined) {
    complain(`a secret is still in ${leak.name}, and nothing was written: please report this`);
    return EXIT.cannotRun;
  }
  const fault = await writeNew(output, gzipSync(tarArchive(entries, wallMs / 1000)));
  if (fault !== undefined) {
    complain(fault);
    return EXIT.cannotRun;
  }
  print(`${output}: written, for its owner alone.`);
  print("Names of users and machines, addresses and paths are in it: read it before you send it.");
  return EXIT.ok;
}

async function textOf({ gather }: Item): Promise<string> {
  try {
    const gathered = await gather();
    return gathered.ok ? gathered.value : `(not collected: ${gathered.error})\n`;
  } catch (error) {
    return `(not collected: ${error instanceof Error ? error.message : String(error)})\n`;
  }
}

/** The end of a long text says more than its beginning. The line that the cut divides goes too: half a secret is known to nobody. */
function cut(text: string): string {
  if (text.length <= ITEM_MAX_BYTES) return text;
  const end = text.slice(-ITEM_MAX_BYTES);
  return `(cut)\n${end.slice(end.indexOf("\n") + 1)}`;
}

/** SECURITY: a file that is there, or a link, is never written through. Why not, or undefined. */
async function writeNew(path: string, bytes: Buffer): Promise<string | undefined> {
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const handle = await open(path, flags, 0o600);
    try {
      await handle.chmod(0o600);
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
    return undefined;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return code === "EEXIST"
      ? `${path} exists: remove it, or write another name`
      : `${path} cannot be written (${code})`;
  }
}
