// Owns what a test can do to a running emulator and see of it: answers of users, habits, faults, clock, records.
// It knows no sockets beyond "refuse connections". Called by emulator.ts; the control server offers the same over HTTP.

import { parseFault } from "./faults/check.ts";
import type { Fault, FaultTarget } from "./faults/fault.ts";
import type { FaultPlan } from "./faults/plan.ts";
import { toPhone } from "./store/account.ts";
import { type Answer, answer } from "./store/decide.ts";
import { type EmulatorPolicy, parsePolicy } from "./store/policy.ts";
import type { Endpoint, PushRecord, RecordedRequest, SmsRecord } from "./store/records.ts";
import type { Transaction } from "./store/transaction.ts";
import { type Capability, type EmulatorUser, parseUser } from "./store/users.ts";
import type { Reaction, World } from "./store/world.ts";

/** How to wait for something. `after`: only records with a greater sequence count. */
export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly after?: number | undefined;
}

/** How a limit shows. `listed`: preauth still offers the factor, and only its use is refused; false. */
export interface LimitOptions {
  readonly listed?: boolean | undefined;
}

/** The steering of one emulator. A user is named by user name or by the txid of a transaction. */
export interface Steering {
  /** Requests that reached HTTP, oldest first; the same array throughout, emptied by reset. */
  readonly requests: readonly RecordedRequest[];
  /** Pushes and phone calls that reached a device. */
  readonly pushes: readonly PushRecord[];
  /** Text messages with passcodes. */
  readonly messages: readonly SmsRecord[];
  /** Transactions that wait for their user. */
  readonly pendingCount: number;
  /**
   * The first push or call to that user that no earlier nextPush returned, past or future; with `after`, the first
   * one behind that number. Rejects with the signal's reason, or when the emulator is closed.
   */
  nextPush(user: string, options?: WaitOptions): Promise<PushRecord>;
  /** As nextPush, for text messages. */
  nextMessage(user: string, options?: WaitOptions): Promise<SmsRecord>;
  /** The first request to that endpoint after `after` (default: after now). */
  nextRequest(endpoint: Endpoint, options?: WaitOptions): Promise<RecordedRequest>;
  /** Approves; `code` is what the user types for a verified push, the right one if absent. A wrong code denies. */
  approve(user: string, code?: string): void;
  deny(user: string): void;
  fraud(user: string): void;
  /** Lets the pending transaction time out now. */
  expire(user: string): void;
  /** The user picks the phone up: calling becomes answered. */
  pickUp(user: string): void;
  /** What the user does to every later push and call: at once, before auth is answered, or `delayMs` later. */
  whenPushed(user: string, action: Reaction, options?: { readonly delayMs?: number | undefined }): void;
  /** `times` is how many uses of the target it meets; all until clearFaults if absent. */
  fault(target: FaultTarget, fault: Fault, options?: { readonly times?: number | undefined }): void;
  clearFaults(): void;
  /** The server's clock runs ahead by so many seconds. */
  setClockSkew(seconds: number): void;
  setUser(name: string, user: EmulatorUser): void;
  setPolicy(policy: Partial<EmulatorPolicy>): void;
  /** The user of a begun enrolment scans its code: the account becomes active with a phone that can push. */
  activate(username: string): void;
  /** Risk-Based Factor Selection withholds these factors from the user until it is called with none. */
  limitFactors(user: string, without: readonly Capability[], options?: LimitOptions): void;
  /** Back to the start: users, policy, clock, faults, records. Open connections stay. */
  reset(): void;
}

/** What the steering acts on. */
export interface SteeringParts {
  readonly world: World;
  readonly faults: FaultPlan;
  readonly setRefusing: (refusing: boolean) => void;
}

const newPhone = {
  device: "DPNEWPHONE0000000001",
  number: "",
  display_name: "Duo Mobile",
  capabilities: ["push", "mobile_otp"],
} as const;

function pending(world: World, user: string): Transaction {
  const name = world.directory.byUsername(user)?.name ?? user;
  const transaction = world.transactions.pendingOf(name);
  if (transaction === undefined) throw new Error(`nothing is pending for "${user}"`);
  return transaction;
}

function approve(world: World, user: string, code: string | undefined): void {
  const transaction = pending(world, user);
  const wrong = code !== undefined && code !== transaction.verificationCode;
  answer(world, transaction, wrong ? "deny" : "approve");
}

function pickUp(world: World, user: string): void {
  const transaction = pending(world, user);
  if (transaction.state.status !== "calling") throw new Error(`no phone rings for "${user}"`);
  transaction.advance({ result: "waiting", status: "answered", status_msg: "Answered. Press any key to log in." });
}

function activate(world: World, username: string): void {
  const account = world.directory.byUsername(username);
  const enrollment = account === undefined ? undefined : world.directory.enrollmentOf(account.userId);
  if (account === undefined || enrollment === undefined) throw new Error(`"${username}" has no enrolment`);
  enrollment.claimed = true;
  account.status = "active";
  account.phones.push(toPhone(newPhone));
}

function addFault(parts: SteeringParts, target: FaultTarget, fault: Fault, times: number | undefined): void {
  const checked = parseFault(target, fault);
  if (times !== undefined && !(Number.isSafeInteger(times) && times > 0)) {
    throw new TypeError("fault: times is a whole number above 0");
  }
  if (checked.fault.kind !== "refuse") {
    parts.faults.add(checked.target, checked.fault, times ?? Number.POSITIVE_INFINITY);
    return;
  }
  if (times !== undefined) throw new TypeError("fault: refused connections cannot be counted; leave times out");
  parts.setRefusing(true);
}

/** Makes the steering of an emulator. */
export function makeSteering(parts: SteeringParts): Steering {
  const { world, faults } = parts;
  const taken = { pushes: new Map<string, number>(), messages: new Map<string, number>() };
  const nameOf = (user: string): string => world.directory.byUsername(user)?.name ?? user;
  const act = (user: string, decision: Answer): void => answer(world, pending(world, user), decision);
  const nextOf = async <Kind extends "pushes" | "messages">(
    kind: Kind,
    user: string,
    options: WaitOptions,
  ): Promise<World[Kind]["entries"][number]> => {
    const name = nameOf(user);
    const wait = { after: options.after ?? taken[kind].get(name) ?? 0, signal: options.signal };
    const entry = await world[kind].next((candidate) => candidate.user === name, wait);
    taken[kind].set(name, entry.sequence);
    return entry;
  };
  const clearFaults = (): void => {
    faults.clear();
    parts.setRefusing(false);
  };
  return {
    requests: world.requests.entries,
    pushes: world.pushes.entries,
    messages: world.messages.entries,
    get pendingCount() {
      return world.transactions.pendingCount;
    },
    nextPush: (user, options = {}) => nextOf("pushes", user, options),
    nextMessage: (user, options = {}) => nextOf("messages", user, options),
    nextRequest: (endpoint, options = {}) => {
      const after = options.after ?? world.requests.sequence;
      return world.requests.next((request) => request.endpoint === endpoint, { after, signal: options.signal });
    },
    approve: (user, code) => approve(world, user, code),
    deny: (user) => act(user, "deny"),
    fraud: (user) => act(user, "fraud"),
    expire: (user) => act(user, "timeout"),
    pickUp: (user) => pickUp(world, user),
    whenPushed: (user, action, { delayMs = 0 } = {}) => world.habits.set(nameOf(user), { action, delayMs }),
    fault: (target, fault, options = {}) => addFault(parts, target, fault, options.times),
    clearFaults,
    setClockSkew: (seconds) => world.setClockSkew(seconds),
    setUser: (name, user) => world.directory.set(name, parseUser(name, user)),
    setPolicy: (policy) => world.setPolicy(parsePolicy(policy)),
    activate: (username) => activate(world, username),
    limitFactors: (user, without, { listed = false } = {}) => world.riskLimits.set(nameOf(user), { without, listed }),
    reset: () => {
      world.reset();
      taken.pushes.clear();
      taken.messages.clear();
      clearFaults();
    },
  };
}
