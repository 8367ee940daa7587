// Owns the group database: which groups a user is in, with their names, and whether a group exists. Off the main
// thread.
// Must not bound itself (directory.ts does) and must not judge membership. Called by directory.ts.

import { err, ok, type Result } from "../core/result.ts";
import { allocate, allocateString } from "./block.ts";
import { LAYOUT, WIDTH } from "./layout.ts";
import type { Libc } from "./libc.ts";
import { lookupRecord, type RecordFailure } from "./nss-record.ts";

export interface GroupEntry {
  readonly gid: number;
  readonly name: string;
}

/** `unresolvable-group`: the user is in a group whose name the name service does not give. */
export type GroupFailure = RecordFailure | { readonly code: "unresolvable-group"; readonly gid: number };

const FIRST_GROUPS = 64;
/** NGROUPS_MAX of Linux. */
const MAX_GROUPS = 65_536;

/**
 * All groups of `user`, `gid` (the primary one) among them.
 *
 * SECURITY: getgrouplist(3) has no way to say that a name service was out of reach; it then gives the groups it could
 * get, in the worst case only the primary one. So absence from a group found here is weaker evidence than presence.
 */
export async function groupsOf(
  libc: Libc,
  user: string,
  gid: number,
  expired: () => boolean,
): Promise<Result<readonly GroupEntry[], GroupFailure>> {
  const gids = await groupIds(libc, user, gid, expired);
  if (!gids.ok) return gids;
  const groups: GroupEntry[] = [];
  for (const id of gids.value) {
    const name = await groupName(libc, id, expired);
    if (!name.ok) return name.error.code === "not-found" ? err({ code: "unresolvable-group", gid: id }) : name;
    groups.push({ gid: id, name: name.value });
  }
  return ok(groups);
}

/** The group of this name. not-found is also what an unreachable service can look like, behind another that answered. */
export async function groupByName(
  libc: Libc,
  name: string,
  expired: () => boolean,
): Promise<Result<GroupEntry, RecordFailure>> {
  const { group } = LAYOUT;
  const wanted = allocateString(name);
  const found = await lookupRecord(
    libc,
    "getgrnam_r",
    group.size,
    (record, work, result) => libc.getgrnam_r.callOffThread(wanted, record, work, work.bytes.length, result),
    expired,
  );
  if (!found.ok) return found;
  const text = found.value.text("group name", group.gr_name);
  return text.ok ? ok({ gid: found.value.bytes.readUInt32LE(group.gr_gid), name: text.value }) : text;
}

async function groupIds(
  libc: Libc,
  user: string,
  gid: number,
  expired: () => boolean,
): Promise<Result<readonly number[], GroupFailure>> {
  const name = allocateString(user);
  const count = allocate(WIDTH.int);
  for (let room = FIRST_GROUPS; room <= MAX_GROUPS; room *= 2) {
    if (expired()) return err({ code: "abandoned" });
    const list = allocate(room * WIDTH.gid_t);
    count.bytes.writeInt32LE(room);
    const status = await libc.getgrouplist.callOffThread(name, gid, list, count);
    // -1 says that the list was too short. The length it asks for may be stale by the next call, so doubling it is.
    if (status < 0) continue;
    return ok(Array.from({ length: status }, (_, i) => list.bytes.readUInt32LE(i * WIDTH.gid_t)));
  }
  return err({ code: "too-large" });
}

async function groupName(libc: Libc, gid: number, expired: () => boolean): Promise<Result<string, RecordFailure>> {
  const { group } = LAYOUT;
  const found = await lookupRecord(
    libc,
    "getgrgid_r",
    group.size,
    (record, work, result) => libc.getgrgid_r.callOffThread(gid, record, work, work.bytes.length, result),
    expired,
  );
  if (!found.ok) return found;
  const name = found.value.text("group name", group.gr_name);
  return name.ok && name.value === "" ? err({ code: "bad-text", field: "group name" }) : name;
}
