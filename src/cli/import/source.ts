// Reads one file of Duo Unix, whoever it belongs to: the administrator named it. What its mode and owner meant to Duo Unix is
// told, because that decided who got in. Called by import.ts.

import { constants, type Stats } from "node:fs";
import { open } from "node:fs/promises";
import { err, ok, type Result } from "../../core/result.ts";

export interface Source {
  readonly text: string;
  /** About the file itself. */
  readonly remarks: readonly string[];
}

const MAX_BYTES = 1024 * 1024;

/** The text, or one sentence that says why not. */
export async function readSource(path: string): Promise<Result<Source, string>> {
  try {
    // O_NONBLOCK: a FIFO must not hang the command.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) return err(`${path} is no regular file`);
      if (stats.size > MAX_BYTES) return err(`${path} is larger than 1 MiB: check that this is the right file`);
      const text = decode(await handle.readFile());
      return text === undefined ? err(`${path} is not UTF-8 text`) : ok({ text, remarks: remarksOn(stats) });
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    return err(`${path} cannot be read (${code})`);
  }
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  } finally {
    bytes.fill(0);
  }
}

function remarksOn({ mode, uid, gid }: Stats): readonly string[] {
  const bits = (mode & 0o777).toString(8).padStart(4, "0");
  const writable = (mode & 0o022) !== 0;
  return [
    ...readableRemark(mode, bits, uid === 0 && gid === 0),
    ...(writable ? [`with mode ${bits} others can have changed it: read it before you go on`] : []),
    ...(uid === 0 ? [] : [`it belongs to uid ${uid}, who can have changed it: read it before you go on`]),
  ];
}

/** COMPAT(duo_unix): releases differ about a file that root's group may read. */
function readableRemark(mode: number, bits: string, isRoots: boolean): readonly string[] {
  if ((mode & 0o044) === 0) return [];
  if (isRoots && (mode & 0o004) === 0) {
    return [
      `with mode ${bits} and group root newer releases of Duo Unix read it; older ones refuse to, and let everyone in`,
    ];
  }
  return [
    `with mode ${bits} Duo Unix refuses to read it and lets everyone in; and others may know its secret key: make a new one`,
  ];
}
