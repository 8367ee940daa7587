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

/**
 * How much of the time that close() has goes by with open doors, where somebody is always logging in. The rest is for those
 * who came last.
 */
const OPEN_SHARE = 2 / 3;

export class Gateway {
  readonly #parts: GatewayParts;
  readonly #listeners: Listener[] = [];
  readonly #transactions = new Set<Transaction>();
  /** A socket is somebody else's, who keeps it open for our successor. */
  #inherited = false;
  /** Ends the wait for an idle moment. */
  #shut: (() => void) | undefined;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
  }

  /** Transactions that are not over yet. */
  get pending(): number {
    return this.#transactions.size;
  }

  async open(door: Door, place: Place): Promise<void> {
    const onError = (error: Error) => this.#parts.log.listenerFailed(door, error);
    this.#inherited ||= "fd" in place;
    this.#listeners.push(await listen(door, place, (socket) => this.#accept(door, socket), onError));
  }

  /**
   * Stops accepting, lets the logins under way end, and stops those that have not after `graceMs`.
   *
   * A socket that stays open behind us keeps new logins in its queue, where each helper waits for its WELCOME (PROTOCOL:
   * section 5) and then gives up. So the doors stay open until nobody is logging in: who knocks while one user looks for a
   * phone is served, not refused. Sockets of our own vanish with us, and nobody waits there: they are closed at once.
   */
  async close(graceMs: number): Promise<void> {
    const timer = this.#parts.clock.after(graceMs, () => this.stopAll());
    if (this.#inherited) await this.#untilIdle(graceMs * OPEN_SHARE);
    const closing = this.#listeners.splice(0).map((listener) => listener.close());
    await Promise.all([...this.#transactions].map((transaction) => transaction.ended));
    timer.cancel();
    await Promise.all(closing);
  }

  /** Ends every login under way with a denial, and a close() that waits for them goes on. */
  stopAll(): void {
    this.#shut?.();
    for (const transaction of this.#transactions) transaction.stop();
  }

  /** Until no login is under way, for `limitMs` at most. */
  #untilIdle(limitMs: number): Promise<void> {
    if (this.#transactions.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#parts.clock.after(limitMs, resolve);
      this.#shut = () => {
        timer.cancel();
        resolve();
      };
    });
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
    void transaction.ended.then(() => {
      this.#transactions.delete(transaction);
      if (this.#transactions.size === 0) this.#shut?.();
    });
  }
}
