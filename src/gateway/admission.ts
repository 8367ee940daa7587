// How many connections and logins there may be at once. Each socket has numbers of its own, so that nothing that happens on
// login.sock is felt on pam.sock; on login.sock each account has, so that a local user can starve nobody but themselves. On
// pam.sock each user has a share: whoever has one user's password, be it their own, cannot keep everybody else out.
// A connection that has not said START holds no login, and gives way when others need its place: the oldest first.

import type { Clock } from "../core/clock.ts";
import { SILENT_MS, shareOf, WAITING_MAX, WAITING_PER_ACCOUNT } from "./capacity.ts";

export type Door = "pam" | "login";

export interface AdmissionLimits {
  /** Logins at once on one socket. */
  readonly maxLogins: number;
  /** Logins at once on login.sock for one account. */
  readonly maxLoginsPerUid: number;
}

/** For one connection, from accept to its end. */
export interface Place {
  /** START was said, once, for `user`. False: there is no room for the login, and it is to be refused. */
  begin(limits: AdmissionLimits, user: string): boolean;
  /** The connection is closed and its login over. Once. */
  release(): void;
}

interface Waiting {
  readonly account: string;
  readonly since: number;
  readonly cut: () => void;
}

interface Socket {
  /** In the order in which they came. */
  readonly waiting: Set<Waiting>;
  logins: number;
}

export class Admission {
  readonly #clock: Clock;
  readonly #sockets: Readonly<Record<Door, Socket>> = {
    pam: { waiting: new Set(), logins: 0 },
    login: { waiting: new Set(), logins: 0 },
  };
  /** Logins under way of each account on login.sock, and of each user on pam.sock. */
  readonly #owners: Readonly<Record<Door, Map<string, number>>> = { pam: new Map(), login: new Map() };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Logins under way on one socket. */
  underWay(door: Door): number {
    return this.#sockets[door].logins;
  }

  /** Connections that have no login: START was not said, or was refused and the connection is about to end. */
  waiting(door: Door): number {
    return this.#sockets[door].waiting.size;
  }

  /**
   * How long no connection should be accepted on `door`; 0 when one can be. pam.sock never waits: a queue that stands still
   * would look like a daemon that is away.
   */
  pauseMs(door: Door): number {
    const { waiting } = this.#sockets[door];
    const [oldest] = waiting;
    if (door === "pam" || oldest === undefined || waiting.size < WAITING_MAX[door]) return 0;
    return Math.max(0, oldest.since + SILENT_MS - this.#clock.now());
  }

  /**
   * A place for a connection that was just accepted; undefined when it must be closed. `cut` closes the connection at once,
   * and is called when its place is needed and it has not said START; it must not call back in here.
   */
  enter(door: Door, account: string, cut: () => void): Place | undefined {
    const socket = this.#sockets[door];
    const { waiting } = socket;
    if (door === "login" && !this.#makeRoom(ofAccount(waiting, account), WAITING_PER_ACCOUNT, waiting))
      return undefined;
    if (door === "login" && !this.#makeRoom(waiting, WAITING_MAX.login, waiting)) return undefined;
    // Root's helpers say START at once, so that the oldest of so many silent ones is stopped or dead.
    if (door === "pam" && waiting.size >= WAITING_MAX.pam) cutOldest(waiting, waiting);
    const mine: Waiting = { account, since: this.#clock.now(), cut };
    waiting.add(mine);
    let began = false;
    let owner = account;
    return {
      begin: (limits, user) => {
        // The kernel's word for it on login.sock, root's on pam.sock, where the peer is always root.
        if (door === "pam") owner = user.toLowerCase();
        began = waiting.has(mine) && this.#hasRoom(door, owner, limits);
        if (!began) return false;
        waiting.delete(mine);
        this.#count(door, owner, 1);
        return true;
      },
      release: () => {
        waiting.delete(mine);
        if (began) this.#count(door, owner, -1);
        began = false;
      },
    };
  }

  /** True when there are fewer than `most` of them, or the oldest has been silent for long enough to be cut. */
  #makeRoom(some: ReadonlySet<Waiting>, most: number, all: Set<Waiting>): boolean {
    if (some.size < most) return true;
    const [oldest] = some;
    if (oldest === undefined || this.#clock.now() - oldest.since < SILENT_MS) return false;
    cutOldest(some, all);
    return true;
  }

  #hasRoom(door: Door, owner: string, { maxLogins, maxLoginsPerUid }: AdmissionLimits): boolean {
    if (this.#sockets[door].logins >= maxLogins) return false;
    const own = door === "pam" ? shareOf(maxLogins) : maxLoginsPerUid;
    return (this.#owners[door].get(owner) ?? 0) < own;
  }

  #count(door: Door, owner: string, change: 1 | -1): void {
    this.#sockets[door].logins += change;
    const owners = this.#owners[door];
    const count = (owners.get(owner) ?? 0) + change;
    if (count === 0) owners.delete(owner);
    else owners.set(owner, count);
  }
}

function ofAccount(waiting: ReadonlySet<Waiting>, account: string): ReadonlySet<Waiting> {
  return new Set([...waiting].filter((each) => each.account === account));
}

function cutOldest(some: ReadonlySet<Waiting>, all: Set<Waiting>): void {
  const [oldest] = some;
  if (oldest === undefined) return;
  all.delete(oldest);
  oldest.cut();
}
