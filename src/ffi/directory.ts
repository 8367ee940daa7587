// Owns the bounded view of the machine's users and groups that the rest of duogate uses.
// Must not cache and must not decide. Implements the Directory port of login/; wired by the composition root.

import { type Clock, systemClock } from "../core/clock.ts";
import { err, type Result } from "../core/result.ts";
import { type BoundedFailure, type BoundedLimits, type BoundedUsage, createBounded } from "./bounded.ts";
import { type GroupEntry, type GroupFailure, groupByName, groupsOf } from "./group.ts";
import type { Libc } from "./libc.ts";
import { type PasswdEntry, passwdByName, passwdByUid } from "./passwd.ts";

/** `invalid-name`: empty, too long or with a NUL inside; the name service was not asked. */
export type LookupFailure = GroupFailure | BoundedFailure | { readonly code: "invalid-name" };

/**
 * SECURITY: the rule of the house. A failed look-up, whatever its code, means that the second factor is required. It
 * never means that the user is outside a group, unknown, or exempt; "not-found" and "unresolvable-group" are no different.
 */
export interface UserDirectory {
  lookupUser(name: string): Promise<Result<PasswdEntry, LookupFailure>>;
  lookupUid(uid: number): Promise<Result<PasswdEntry, LookupFailure>>;
  lookupGroup(name: string): Promise<Result<GroupEntry, LookupFailure>>;
  /** The groups of user `name` whose primary group is `gid` (from its passwd entry), primary group included. */
  lookupGroups(name: string, gid: number): Promise<Result<readonly GroupEntry[], LookupFailure>>;
  /** Slots in use and requests waiting, for the metrics. */
  usage(): BoundedUsage;
}

/** The native look-ups, a parameter so that tests can put a name service that hangs in their place. */
export interface NativeDirectory {
  readonly passwdByName: typeof passwdByName;
  readonly passwdByUid: typeof passwdByUid;
  readonly groupByName: typeof groupByName;
  readonly groupsOf: typeof groupsOf;
}

/** docs/PROTOCOL.md's limit, which is LOGIN_NAME_MAX of Linux. A longer name would only feed the name service. */
const NAME_MAX_BYTES = 256;
const MAX_ID = 0xffff_fffe;

const NATIVE: NativeDirectory = { passwdByName, passwdByUid, groupByName, groupsOf };

/** Makes the directory. All its look-ups share one set of limits, since they share one pool of threads. */
export function createDirectory(
  libc: Libc,
  limits: BoundedLimits,
  clock: Clock = systemClock,
  native: NativeDirectory = NATIVE,
): UserDirectory {
  const bounded = createBounded(limits, clock);
  const refused = Promise.resolve(err({ code: "invalid-name" } as const));
  return {
    lookupUser: (name) =>
      validName(name) ? bounded.run((expired) => native.passwdByName(libc, name, expired)) : refused,
    lookupUid: (uid) => {
      checkId(uid);
      return bounded.run((expired) => native.passwdByUid(libc, uid, expired));
    },
    lookupGroup: (name) =>
      validName(name) ? bounded.run((expired) => native.groupByName(libc, name, expired)) : refused,
    lookupGroups: (name, gid) => {
      checkId(gid);
      return validName(name) ? bounded.run((expired) => native.groupsOf(libc, name, gid, expired)) : refused;
    },
    usage: bounded.usage,
  };
}

function validName(name: string): boolean {
  return name !== "" && !name.includes("\0") && Buffer.byteLength(name) <= NAME_MAX_BYTES;
}

function checkId(id: number): void {
  if (!(Number.isInteger(id) && id >= 0 && id <= MAX_ID)) throw new RangeError(`${id} is not a user or group id`);
}
