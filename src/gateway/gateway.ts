// The gateway: listeners, the transactions under way, and how both come to an end.

import type { Socket } from "node:net";
import type { Admission, Door } from "./admission.ts";
import { type Listener, listen, type Place } from "./listener.ts";
import type { GatewayLog, Lease, ReadPeer } from "./ports.ts";
import { Transaction, type TransactionParts } from "./transaction.ts";

export interface GatewayParts extends Omit<TransactionParts, "door" | "peer" | "lease" | "place"> {
  readonly admission: Admission;
  readonly readPeer: ReadPeer;
  /** The settings in force. Also the moment to open a connection to Duo: a login is coming. */
  readonly lease: () => Lease;
  readonly log: GatewayLog;
}

export class Gateway {
  readonly #parts: GatewayParts;
  readonly #listeners: Listener[] = [];
  readonly #transactions = new Set<Transaction>();

  constructor(parts: GatewayParts) {
    this.#parts = parts;
  }

  /** Transactions that are not over yet. */
  get pending(): number {
    return this.#transactions.size;
  }

  async open(door: Door, place: Place): Promise<void> {
    const onError = (error: Error) => this.#parts.log.listenerFailed(door, error);
    this.#listeners.push(await listen(door, place, (socket) => this.#accept(door, socket), onError));
  }

  /** Stops accepting, lets the logins under way end, and stops those that have not after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const closing = this.#listeners.splice(0).map((listener) => listener.close());
    const timer = this.#parts.clock.after(graceMs, () => this.stopAll());
    await Promise.all([...this.#transactions].map((transaction) => transaction.ended));
    timer.cancel();
    await Promise.all(closing);
  }

  /** Ends every login under way with a denial. */
  stopAll(): void {
    for (const transaction of this.#transactions) transaction.stop();
  }

  #accept(door: Door, socket: Socket): void {
    const peer = this.#parts.readPeer(socket);
    if (!peer.ok) {
      this.#parts.log.connectionRefused(door, peer.error);
      socket.destroy();
      return;
    }
    const lease = this.#parts.lease();
    const place = this.#parts.admission.enter(door, peer.value.uid, lease.limits);
    if (place === undefined) {
      lease.release();
      this.#parts.log.connectionRefused(door, `too many connections of uid ${peer.value.uid}`);
      socket.destroy();
      return;
    }
    const transaction = new Transaction(socket, { ...this.#parts, door, peer: peer.value, lease, place });
    this.#transactions.add(transaction);
    void transaction.ended.then(() => this.#transactions.delete(transaction));
  }
}
