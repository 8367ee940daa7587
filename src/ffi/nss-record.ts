// Owns the shape that getpwnam_r, getpwuid_r, getgrnam_r and getgrgid_r share: a struct, a work buffer that grows on ERANGE, and a
// result pointer that is NULL when there is no such entry. Called by passwd.ts and group.ts only.

import { err, ok, type Result } from "../core/result.ts";
import { allocate, type NativeBlock } from "./block.ts";
import { type SystemCallFailure, systemCallFailure } from "./failure.ts";
import { CONSTANT, WIDTH } from "./layout.ts";
import { type Libc, readString } from "./libc.ts";

export type RecordFailure =
  | SystemCallFailure
  /** The name service answered, and has no such entry. */
  | { readonly code: "not-found" }
  /** The entry, or the list of groups, is larger than duogate takes. */
  | { readonly code: "too-large" }
  /** A field is missing or not UTF-8. */
  | { readonly code: "bad-text"; readonly field: string }
  /** Nobody waits for the answer any more. */
  | { readonly code: "abandoned" };

/** One reentrant look-up: fills `record`, puts its strings into `work`, writes its address or NULL to `found`. */
export type NativeLookup = (record: NativeBlock, work: NativeBlock, found: NativeBlock) => Promise<number>;

/** A filled structure. `text` reads the string a member points to. */
export interface NssRecord {
  readonly bytes: Buffer;
  text(field: string, offset: number): Result<string, RecordFailure>;
}

const FIRST_WORK_BYTES = 4096;
const MAX_WORK_BYTES = 1024 * 1024;

/** Runs `lookup`, doubling the work buffer up to 1 MiB. The result owns its memory. Source: getpwnam(3). */
export async function lookupRecord(
  libc: Libc,
  call: string,
  recordBytes: number,
  lookup: NativeLookup,
  expired: () => boolean,
): Promise<Result<NssRecord, RecordFailure>> {
  const record = allocate(recordBytes);
  const found = allocate(WIDTH.pointer);
  for (let size = FIRST_WORK_BYTES; size <= MAX_WORK_BYTES; size *= 2) {
    if (expired()) return err({ code: "abandoned" });
    const work = allocate(size);
    const status = await lookup(record, work, found);
    if (status === CONSTANT.ERANGE) continue;
    if (status !== 0) return err(systemCallFailure(call, status));
    if (found.bytes.readBigUInt64LE() === 0n) return err({ code: "not-found" });
    return ok(asRecord(libc, record, work));
  }
  return err({ code: "too-large" });
}

function asRecord(libc: Libc, record: NativeBlock, work: NativeBlock): NssRecord {
  return {
    bytes: record.bytes,
    text(field, offset) {
      const address = Number(record.bytes.readBigUInt64LE(offset));
      // The limit is the work buffer's size, which also keeps that buffer, and so the string, alive until here.
      const bytes = readString(libc, address, work.bytes.length);
      return bytes === undefined ? err({ code: "bad-text", field }) : decode(field, bytes);
    },
  };
}

function decode(field: string, bytes: Buffer): Result<string, RecordFailure> {
  try {
    // ignoreBOM keeps a leading U+FEFF: dropping it would make two different names equal.
    return ok(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return err({ code: "bad-text", field });
  }
}
