// Owns the accounts and how a login name or user_id finds one.
// Names match exactly: the emulator must not repair a name that the client under test got wrong.

import { randomBytes } from "node:crypto";
import { type Account, toAccount } from "./account.ts";
import type { EmulatorUser, EmulatorUsers } from "./users.ts";

/** An enrolment that was begun over the API. */
export interface Enrollment {
  readonly account: Account;
  readonly activationCode: string;
  /** Unix seconds. */
  readonly expiration: number;
  claimed: boolean;
}

/** The users of one emulator. */
export class Directory {
  readonly #initial: EmulatorUsers;
  readonly #byName = new Map<string, Account>();
  readonly #byAlias = new Map<string, Account>();
  readonly #byId = new Map<string, Account>();
  readonly #enrollments = new Map<string, Enrollment>();

  constructor(users: EmulatorUsers) {
    this.#initial = users;
    this.reset();
  }

  /** Back to the users of the start; changes and enrolments are forgotten. */
  reset(): void {
    for (const map of [this.#byName, this.#byAlias, this.#byId, this.#enrollments]) map.clear();
    for (const [name, user] of Object.entries(this.#initial)) this.set(name, user);
  }

  /** Adds a user or replaces one of the same name, with fresh counters and codes. */
  set(name: string, user: EmulatorUser): Account {
    const account = toAccount(name, user);
    const previous = this.#byName.get(name);
    if (previous !== undefined) {
      for (const alias of previous.aliases) this.#byAlias.delete(alias);
      this.#byId.delete(previous.userId);
    }
    this.#byName.set(name, account);
    this.#byId.set(account.userId, account);
    for (const alias of account.aliases) this.#byAlias.set(alias, account);
    return account;
  }

  /** By user name, then by alias. */
  byUsername(username: string): Account | undefined {
    return this.#byName.get(username) ?? this.#byAlias.get(username);
  }

  byUserId(userId: string): Account | undefined {
    return this.#byId.get(userId);
  }

  /** Starts an enrolment; the account exists at once, without devices. */
  enroll(username: string, expiration: number, bypassCodes: readonly string[]): Enrollment {
    const account = this.set(username, { status: "not_enrolled", bypass_codes: bypassCodes });
    const enrollment = { account, activationCode: activationCode(), expiration, claimed: false };
    this.#enrollments.set(account.userId, enrollment);
    return enrollment;
  }

  enrollmentOf(userId: string): Enrollment | undefined {
    return this.#enrollments.get(userId);
  }
}

function activationCode(): string {
  return `duo://${randomBytes(15).toString("base64url")}-${Buffer.from("api-emulator.duosecurity.test").toString("base64url")}`;
}
