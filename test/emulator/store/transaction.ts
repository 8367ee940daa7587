// Owns one authentication transaction: its states, who waits for a change, and its end of life.
// Any state with a result other than `waiting`, or with status `timeout`, is final, and nothing changes it afterwards.
//
//   push   pushed | push_failed -> allow | deny | fraud | timeout
//   phone  calling -> answered  -> allow | deny | fraud | timeout
//   others are created final (passcode, sms, bypass, locked_out)

import { randomUUID } from "node:crypto";
import type { Account } from "./account.ts";

/** What auth and auth_status tell the client. */
export interface TransactionState {
  readonly result: "waiting" | "allow" | "deny";
  readonly status: string;
  readonly status_msg: string;
  readonly trusted_device_token?: string;
}

/** Whether a state ends its transaction. */
export function isFinal(state: TransactionState): boolean {
  return state.result !== "waiting" || state.status === "timeout";
}

/** One transaction. */
export class Transaction {
  readonly txid = randomUUID();
  readonly account: Account;
  /** The code the user must type, for a verified push. */
  readonly verificationCode: string | undefined;
  #state: TransactionState;
  #version = 1;
  #reported = 0;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #waiters = new Set<() => void>();

  constructor(account: Account, state: TransactionState, verificationCode?: string) {
    this.account = account;
    this.verificationCode = verificationCode;
    this.#state = state;
  }

  get state(): TransactionState {
    return this.#state;
  }

  get pending(): boolean {
    return !isFinal(this.#state);
  }

  /** Moves on, unless the transaction is over. @returns whether it moved. */
  advance(state: TransactionState): boolean {
    if (!this.pending) return false;
    this.#state = state;
    this.#version += 1;
    if (!this.pending) this.#stopTimers();
    this.wake();
    return true;
  }

  /** Calls `act` after `delayMs` unless the transaction has ended by then. */
  schedule(delayMs: number, act: () => void): void {
    if (this.pending) this.#timers.add(setTimeout(act, delayMs));
  }

  /** Drops the timers and frees everybody who waits; for the shutdown of the emulator. */
  release(): void {
    this.#stopTimers();
    this.wake();
  }

  /**
   * The long poll: returns at once if there is a state nobody has been told, else waits for one.
   * A poll that has held for `holdMs` returns with the state unchanged.
   */
  async nextState(holdMs: number, signal: AbortSignal): Promise<TransactionState> {
    if (this.pending && this.#reported === this.#version) await this.#change(holdMs, signal);
    if (!signal.aborted) this.#reported = this.#version;
    return this.#state;
  }

  /** Waits for the end; returns early, with a state that is not final, only when the signal fires or on release. */
  async finalState(signal: AbortSignal): Promise<TransactionState> {
    while (this.pending && !signal.aborted) {
      const version = this.#version;
      await this.#change(undefined, signal);
      if (this.#version === version) break;
    }
    return this.#state;
  }

  wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #change(holdMs: number | undefined, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = holdMs === undefined ? undefined : setTimeout(done, holdMs);
      signal.addEventListener("abort", done);
      this.#waiters.add(done);
    });
  }
}
