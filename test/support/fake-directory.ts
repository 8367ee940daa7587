// A user database in memory, with look-ups that can be told to fail. Used by the tests of login/ and gateway/.

import { err, ok, type Result } from "../../src/core/result.ts";
import type { Directory, LookupFailure, User } from "../../src/login/ports.ts";

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gecos?: string;
  readonly groups?: readonly string[];
}

export interface DirectoryFaults {
  /** Code of the failure of each look-up of this kind. */
  readonly user?: string;
  readonly uid?: string;
  readonly groups?: string;
  readonly group?: string;
}

export class FakeDirectory implements Directory {
  readonly lookups: string[] = [];
  readonly #accounts: readonly Account[];
  readonly #faults: DirectoryFaults;

  constructor(accounts: readonly Account[], faults: DirectoryFaults = {}) {
    this.#accounts = accounts;
    this.#faults = faults;
  }

  lookupUser(name: string): Promise<Result<User, LookupFailure>> {
    this.lookups.push(`user ${name}`);
    return this.#find(this.#faults.user, (account) => account.name === name);
  }

  lookupUid(uid: number): Promise<Result<User, LookupFailure>> {
    this.lookups.push(`uid ${uid}`);
    return this.#find(this.#faults.uid, (account) => account.uid === uid);
  }

  lookupGroup(name: string): Promise<Result<unknown, LookupFailure>> {
    this.lookups.push(`group ${name}`);
    const fault = this.#faults.group;
    if (fault !== undefined) return Promise.resolve(err({ code: fault }));
    const exists = this.#accounts.some(({ groups = [] }) => groups.includes(name));
    return Promise.resolve(exists ? ok({ name }) : err({ code: "not-found" }));
  }

  lookupGroups(name: string, gid: number): Promise<Result<readonly { readonly name: string }[], LookupFailure>> {
    this.lookups.push(`groups ${name} ${gid}`);
    const groups = this.#accounts.find((account) => account.name === name)?.groups ?? [];
    const fault = this.#faults.groups;
    return Promise.resolve(fault === undefined ? ok(groups.map((group) => ({ name: group }))) : err({ code: fault }));
  }

  #find(fault: string | undefined, fits: (account: Account) => boolean): Promise<Result<User, LookupFailure>> {
    if (fault !== undefined) return Promise.resolve(err({ code: fault }));
    const account = this.#accounts.find(fits);
    if (account === undefined) return Promise.resolve(err({ code: "not-found" }));
    const { name, uid, gecos = "" } = account;
    return Promise.resolve(ok({ name, uid, gid: uid, gecos }));
  }
}
