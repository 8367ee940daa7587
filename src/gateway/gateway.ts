// The gateway: listeners, the transactions under way, and how both come to an end.

import type { Socket } from "node:net";
import type { Timer } from "../core/clock.ts";
import type { Directory } from "../login/ports.ts";
import type { Admission, Door } from "./admission.ts";
import { Listener, type ListeningSockets } from "./listener.ts";
import type { PeerAccounts } from "./peer-accounts.ts";
import type { GatewayLog, Lease, ReadPeer } from "./ports.ts";
import { Reception, type Visitor } from "./reception.ts";
import type { Place } from "./socket-place.ts";
import { Transaction, type TransactionParts } from "./transaction.ts";

export interface GatewayParts
  extends Omit<TransactionParts, "door" | "peer" | "account" | "lease" | "place" | "directory"> {
  readonly sockets: ListeningSockets;
  readonly admission: Admission;
  readonly accounts: PeerAccounts;
  readonly readPeer: ReadPeer;
  /** Each with workers of its own: look-ups for login.sock, which users can cause at will, hold none of pam.sock's up. */
  readonly directories: Readonly<Record<Door, Directory>>;
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
  readonly #reception: Reception;
  /** While login.sock accepts nothing. */
  #pause: Timer | undefined;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#reception = new Reception({ ...parts, serve: (visitor) => this.#serve(visitor) });
  }

  /** Transactions that are not over yet. */
  get pending(): number {
    return this.#transactions.size;
  }

  async open(door: Door, place: Place): Promise<void> {
    const { sockets, log } = this.#parts;
    this.#inherited ||= "fd" in place;
    const listener = await Listener.open(place, {
      door,
      sockets,
      onConnection: (socket) => this.#accept(door, socket),
      onError: (error) => log.listenerFailed(door, error),
    });
    this.#listeners.push(listener);
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
    this.#pause?.cancel();
    for (const listener of this.#listeners.splice(0)) listener.close();
    this.#reception.close();
    await Promise.all([...this.#transactions].map((transaction) => transaction.ended));
    timer.cancel();
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
    const { readPeer, log } = this.#parts;
    const peer = readPeer(socket);
    if (peer.ok) this.#reception.receive({ door, socket, peer: peer.value });
    else {
      log.connectionRefused(door, peer.error);
      socket.destroy();
    }
    if (door === "login") this.#pauseWhenFull();
  }

  /** Others wait in the kernel's queue meanwhile. pam.sock goes on. */
  #pauseWhenFull(): void {
    const { admission, clock } = this.#parts;
    const listener = this.#listeners.find(({ door }) => door === "login");
    const ms = admission.pauseMs("login");
    if (listener === undefined || ms === 0 || this.#pause !== undefined) return;
    listener.pause();
    this.#pause = clock.after(ms, () => {
      this.#pause = undefined;
      listener.resume();
    });
  }

  #serve({ door, socket, peer, account, place }: Visitor): Transaction {
    const { lease, directories } = this.#parts;
    const own = { door, peer, account, place, lease: lease(), directory: directories[door] };
    const transaction = new Transaction(socket, { ...this.#parts, ...own });
    this.#transactions.add(transaction);
    void transaction.ended.then(() => {
      this.#transactions.delete(transaction);
      if (this.#transactions.size === 0) this.#shut?.();
    });
    return transaction;
  }
}
