// Owns the user database: one entry by name or by number, off the main thread.
// Must not bound itself (directory.ts does) and must not judge the user. Called by directory.ts.

import { err, ok, type Result } from "../core/result.ts";
import { allocateString } from "./block.ts";
import { LAYOUT } from "./layout.ts";
import type { Libc } from "./libc.ts";
import { lookupRecord, type NssRecord, type RecordFailure } from "./nss-record.ts";

/** One user as the name service gives it. `name` may differ from the name asked for, where the service folds case. */
export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
}

const { passwd } = LAYOUT;

export async function passwdByName(
  libc: Libc,
  name: string,
  expired: () => boolean,
): Promise<Result<PasswdEntry, RecordFailure>> {
  const wanted = allocateString(name);
  const found = await lookupRecord(
    libc,
    "getpwnam_r",
    passwd.size,
    (record, work, result) => libc.getpwnam_r.callOffThread(wanted, record, work, work.bytes.length, result),
    expired,
  );
  return found.ok ? toEntry(found.value) : found;
}

export async function passwdByUid(
  libc: Libc,
  uid: number,
  expired: () => boolean,
): Promise<Result<PasswdEntry, RecordFailure>> {
  const found = await lookupRecord(
    libc,
    "getpwuid_r",
    passwd.size,
    (record, work, result) => libc.getpwuid_r.callOffThread(uid, record, work, work.bytes.length, result),
    expired,
  );
  return found.ok ? toEntry(found.value) : found;
}

function toEntry(record: NssRecord): Result<PasswdEntry, RecordFailure> {
  const name = record.text("name", passwd.pw_name);
  if (!name.ok) return name;
  const gecos = record.text("gecos", passwd.pw_gecos);
  if (!gecos.ok) return gecos;
  const home = record.text("home", passwd.pw_dir);
  if (!home.ok) return home;
  const shell = record.text("shell", passwd.pw_shell);
  if (!shell.ok) return shell;
  if (name.value === "") return err({ code: "bad-text", field: "name" });
  return ok({
    name: name.value,
    uid: record.bytes.readUInt32LE(passwd.pw_uid),
    gid: record.bytes.readUInt32LE(passwd.pw_gid),
    gecos: gecos.value,
    home: home.value,
    shell: shell.value,
  });
}
