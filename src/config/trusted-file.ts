// Opens and reads a file that decides who gets in, and only if nobody but root or we ourselves could have written it.
// Everything about the file itself is asked of the open descriptor, never of the path a second time. Used by load.ts
// for the configuration and by ca-file.ts.

import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { err, ok, type Result } from "../core/result.ts";
import { folderFault } from "./folders.ts";
import { type Complaint, complaint } from "./problem.ts";

const MAX_BYTES = 1024 * 1024;

export interface Trust {
  /** "private": nobody else may read it either. "public": nobody else may write it. */
  readonly readers: "private" | "public";
  /**
   * The folder in which systemd put this service's credentials, if it did. There alone a read bit for the group is no
   * grant: see `modeFault`.
   */
  readonly credentialsDirectory?: string | undefined;
}

/** The file's text, without any change to its bytes; a byte order mark stays in it. */
export async function readTrustedFile(path: string, trust: Trust): Promise<Result<string, Complaint>> {
  const folder = await folderFault(path);
  if (folder) return err(folder);
  let handle: FileHandle;
  try {
    // O_NONBLOCK: a FIFO in its place must not hang the daemon. Node adds O_CLOEXEC to every open.
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return err(openFault(error, path, trust));
  }
  try {
    const fault = statFault(await handle.stat(), path, trust);
    return fault ? err(fault) : decode(await readUpTo(handle, MAX_BYTES + 1));
  } catch (error) {
    return err(openFault(error, path, trust));
  } finally {
    await handle.close();
  }
}

function statFault(stats: Stats, path: string, trust: Trust): Complaint | undefined {
  if (!stats.isFile()) return complaint("not-a-file", "this is not a regular file", "name a regular file");
  const euid = process.geteuid?.() ?? -1;
  if (stats.uid !== 0 && stats.uid !== euid) {
    const message = `the file belongs to uid ${stats.uid}, who could rewrite it`;
    return complaint("wrong-owner", message, `run: chown root ${path}`);
  }
  return modeFault(stats.mode & 0o777, path, trust);
}

/**
 * SECURITY: systemd gives a service its credentials as root's files of mode 0400 with an access list that lets the
 * service's user read, or as that user's own files where the file system has no access lists (exec-credential.c,
 * write_credential). stat(2) shows the list's mask in the group's place, hence 0440, and no group can read it.
 * Elsewhere a group bit may be such a mask as well, for anybody: it is refused.
 */
function modeFault(mode: number, path: string, trust: Trust): Complaint | undefined {
  const isCredential = trust.credentialsDirectory !== undefined && dirname(path) === trust.credentialsDirectory;
  const privateBits = isCredential ? 0o037 : 0o077;
  const refused = mode & (trust.readers === "private" ? privateBits : 0o022);
  if (refused === 0) return undefined;
  const others = refused & 0o022 ? "changed" : "read";
  const fix = trust.readers === "private" ? "600" : "go-w";
  return complaint(
    "open-to-others",
    `with mode ${mode.toString(8).padStart(4, "0")} the file can be ${others} by users other than its owner`,
    `run: chmod ${fix} ${path} (and setfacl -b ${path}, if it has an access list)`,
  );
}

async function readUpTo(handle: FileHandle, limit: number): Promise<Buffer> {
  const buffer = Buffer.alloc(limit);
  let length = 0;
  while (length < limit) {
    const { bytesRead } = await handle.read(buffer, length, limit - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

function decode(bytes: Buffer): Result<string, Complaint> {
  if (bytes.length > MAX_BYTES) {
    return err(complaint("too-large", "the file is larger than 1 MiB", "check that this is the right file"));
  }
  try {
    return ok(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return err(complaint("not-utf8", "the file is not UTF-8 text", "save it as UTF-8"));
  } finally {
    // The text lives on in a string; the copy in this buffer need not.
    bytes.fill(0);
  }
}

function openFault(error: unknown, path: string, trust: Trust): Complaint {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  switch (code) {
    case "ELOOP":
      return complaint(
        "symbolic-link",
        "this is a symbolic link, which can be turned elsewhere",
        "name the file itself",
      );
    case "ENOENT":
      return complaint("cannot-open", "there is no such file", `create ${path}, or name another file`);
    case "EACCES": {
      const remedy =
        trust.readers === "public" ? `run: chmod a+r ${path}` : `run this as root or as the owner of ${path}`;
      return complaint("cannot-open", "we are not allowed to read it", remedy);
    }
    default:
      return complaint("cannot-open", `it cannot be opened (${code})`, `check that ${path} can be read`);
  }
}
