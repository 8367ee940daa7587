// What happens to a connection between accept and its transaction: it gets a place, or is closed. On login.sock its peer has to
// be a user of this machine first, by the kernel's word and the user database: a stranger costs one look-up and no more.

import type { Socket } from "node:net";
import type { Admission, Door, Place } from "./admission.ts";
import type { PeerAccount, PeerAccounts } from "./peer-accounts.ts";
import type { GatewayLog, Peer } from "./ports.ts";

export interface Arrival {
  readonly door: Door;
  readonly socket: Socket;
  readonly peer: Peer;
}

export interface Visitor extends Arrival {
  /** That the connection counts for, on login.sock. */
  readonly account: string;
  readonly place: Place;
}

export interface ReceptionParts {
  readonly admission: Admission;
  readonly accounts: Pick<PeerAccounts, "known" | "provisional" | "look">;
  readonly log: Pick<GatewayLog, "connectionRefused" | "defect">;
  /** Begins the transaction; what it returns closes one that has not said START. */
  readonly serve: (visitor: Visitor) => { cut(): void };
}

/** All peers of pam.sock are root, or refused when they have said START. */
const PAM_ACCOUNT = "";

export class Reception {
  readonly #parts: ReceptionParts;
  /** Connections whose peer is being looked up. */
  readonly #unknown = new Set<Socket>();
  #closed = false;

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
  }

  receive(arrival: Arrival): void {
    const { door, peer } = arrival;
    const known = door === "login" ? this.#parts.accounts.known(peer.uid) : undefined;
    if (door === "pam") this.#seat(arrival, PAM_ACCOUNT);
    else if (known === undefined) this.#lookUp(arrival);
    else this.#judge(arrival, known);
  }

  /** Closes what has no transaction yet. */
  close(): void {
    this.#closed = true;
    for (const socket of this.#unknown) socket.destroy();
  }

  #lookUp(arrival: Arrival): void {
    const { admission, accounts, log } = this.#parts;
    const { door, socket, peer } = arrival;
    const account = accounts.provisional(peer.uid);
    const place = admission.enter(door, account, () => socket.destroy());
    if (place === undefined) {
      this.#refuse(arrival, tooMany(account));
      return;
    }
    this.#unknown.add(socket);
    accounts
      .look(peer.uid)
      .finally(() => {
        this.#unknown.delete(socket);
        place.release();
      })
      .then((found) => this.#judge(arrival, found))
      .catch((error: unknown) => {
        log.defect("none", error);
        socket.destroy();
      });
  }

  #judge(arrival: Arrival, found: PeerAccount): void {
    if (arrival.socket.destroyed || this.#closed) arrival.socket.destroy();
    else if (found.kind === "stranger") this.#refuse(arrival, `uid ${arrival.peer.uid} is no user of this machine`);
    else this.#seat(arrival, found.name);
  }

  #seat(arrival: Arrival, account: string): void {
    let cut: () => void = () => arrival.socket.destroy();
    const place = this.#parts.admission.enter(arrival.door, account, () => cut());
    if (place === undefined) {
      this.#refuse(arrival, tooMany(account));
      return;
    }
    const transaction = this.#parts.serve({ ...arrival, account, place });
    cut = () => transaction.cut();
  }

  #refuse({ door, socket }: Arrival, detail: string): void {
    this.#parts.log.connectionRefused(door, detail);
    socket.destroy();
  }
}

function tooMany(account: string): string {
  return `too many connections of ${/^\d+$/.test(account) ? `uid ${account}` : account} that have not said START`;
}
