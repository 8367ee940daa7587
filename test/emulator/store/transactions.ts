// Owns the transactions of one emulator and how a user or txid finds one; and verified-push reservations.
// The memory is bounded: the oldest finished transactions are forgotten, as on the real service.

import { randomUUID } from "node:crypto";
import type { Account } from "./account.ts";
import type { Transaction } from "./transaction.ts";

const keptTransactions = 2000;

/** A code handed out by preauth, to be bound to a push by its txid. */
export interface Reservation {
  readonly txid: string;
  readonly account: Account;
  readonly code: string;
  /** Unix seconds. */
  readonly expiration: number;
}

/** How long a verification code can be used. */
export const reservationSeconds = 60;

/** All transactions, newest last. */
export class Transactions {
  readonly #byTxid = new Map<string, Transaction>();
  readonly #reservations = new Map<string, Reservation>();

  add(transaction: Transaction): Transaction {
    this.#byTxid.set(transaction.txid, transaction);
    this.#forgetOldest();
    return transaction;
  }

  byTxid(txid: string): Transaction | undefined {
    return this.#byTxid.get(txid);
  }

  /** The newest pending transaction of that user name, or the one with that txid. */
  pendingOf(userOrTxid: string): Transaction | undefined {
    const direct = this.#byTxid.get(userOrTxid);
    if (direct !== undefined) return direct.pending ? direct : undefined;
    return [...this.#byTxid.values()].findLast(({ account, pending }) => pending && account.name === userOrTxid);
  }

  get pendingCount(): number {
    return [...this.#byTxid.values()].filter(({ pending }) => pending).length;
  }

  reserve(account: Account, code: string, nowSeconds: number): Reservation {
    const reservation = { txid: randomUUID(), account, code, expiration: nowSeconds + reservationSeconds };
    for (const [txid, old] of this.#reservations) {
      if (old.expiration < nowSeconds) this.#reservations.delete(txid);
    }
    this.#reservations.set(reservation.txid, reservation);
    return reservation;
  }

  /** Takes a reservation; it works once, for its own user, and not after its expiration. */
  claim(txid: string, account: Account, nowSeconds: number): Reservation | undefined {
    const reservation = this.#reservations.get(txid);
    if (reservation === undefined || reservation.account !== account) return undefined;
    this.#reservations.delete(txid);
    return reservation.expiration < nowSeconds ? undefined : reservation;
  }

  /** Frees every waiter and timer and forgets all. */
  clear(): void {
    const all = [...this.#byTxid.values()];
    this.#byTxid.clear();
    this.#reservations.clear();
    for (const transaction of all) transaction.release();
  }

  #forgetOldest(): void {
    for (const [txid, transaction] of this.#byTxid) {
      if (this.#byTxid.size <= keptTransactions) return;
      if (!transaction.pending) this.#byTxid.delete(txid);
    }
  }
}
