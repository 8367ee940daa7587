// Owns the state of one emulator that endpoints and control share; no sockets, no HTTP.
// Created once per emulator by emulator.ts and handed down; nothing here is global.

import type { Account } from "./account.ts";
import { Directory } from "./directory.ts";
import { Journal } from "./journal.ts";
import type { RiskLimit } from "./limits.ts";
import { defaultPolicy, type EmulatorPolicy } from "./policy.ts";
import { RateLimiter } from "./rate-limit.ts";
import type { PushRecord, RecordedRequest, SmsRecord } from "./records.ts";
import { RememberedDevices } from "./remembered-devices.ts";
import { Transactions } from "./transactions.ts";
import type { EmulatorUsers } from "./users.ts";

/** What a user does when a push or a call arrives. */
export type Reaction = "approve" | "deny" | "fraud" | "timeout" | "none";

/** What a user does to every push or call, and how long they take; 0 is at once, before the call is answered. */
export interface Habit {
  readonly action: Reaction;
  readonly delayMs: number;
}

/** What a world starts with. */
export interface WorldOptions {
  readonly users: EmulatorUsers;
  readonly policy: Partial<EmulatorPolicy>;
  /** How long auth_status holds before it repeats the waiting state. */
  readonly longPollMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logo: Buffer | undefined;
}

/** Everything the server knows. */
export class World {
  readonly directory: Directory;
  readonly transactions = new Transactions();
  readonly remembered = new RememberedDevices();
  readonly requests = new Journal<RecordedRequest>();
  readonly pushes = new Journal<PushRecord>();
  readonly messages = new Journal<SmsRecord>();
  readonly habits = new Map<string, Habit>();
  readonly riskLimits = new Map<string, RiskLimit>();
  readonly rateLimiter = new RateLimiter();
  /** Accounts whose last preauth said it can show a verification code. */
  readonly showsCodes = new Set<Account>();
  readonly longPollMs: number;
  readonly logo: Buffer | undefined;
  readonly #initialPolicy: EmulatorPolicy;
  readonly #now: () => number;
  #policy: EmulatorPolicy;
  #skewMs = 0;

  constructor(options: WorldOptions) {
    this.directory = new Directory(options.users);
    this.longPollMs = options.longPollMs;
    this.logo = options.logo;
    this.#now = options.now;
    this.#initialPolicy = { ...defaultPolicy, ...options.policy };
    this.#policy = this.#initialPolicy;
  }

  get policy(): EmulatorPolicy {
    return this.#policy;
  }

  /** A changed policy begins with nothing counted against its rate limit. */
  setPolicy(changes: Partial<EmulatorPolicy>): void {
    this.rateLimiter.clear();
    this.#policy = { ...this.#policy, ...changes };
  }

  /** The server's clock, skew included; milliseconds since the epoch. */
  now(): number {
    return this.#now() + this.#skewMs;
  }

  setClockSkew(seconds: number): void {
    this.#skewMs = seconds * 1000;
  }

  /** Back to the start; whoever waits for a pending transaction is answered with its last state. */
  reset(): void {
    this.transactions.clear();
    this.directory.reset();
    this.remembered.clear();
    for (const journal of [this.requests, this.pushes, this.messages]) journal.clear();
    this.habits.clear();
    this.riskLimits.clear();
    this.rateLimiter.clear();
    this.showsCodes.clear();
    this.#policy = this.#initialPolicy;
    this.#skewMs = 0;
  }

  close(): void {
    this.transactions.clear();
    for (const journal of [this.requests, this.pushes, this.messages]) journal.close();
  }
}
