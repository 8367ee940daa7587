// How many logins may be under way: one budget for each socket, and on login.sock one for each uid, so that a local user
// can starve nobody but themselves.

export type Door = "pam" | "login";

export interface AdmissionLimits {
  /** At once on one socket. */
  readonly maxLogins: number;
  /** At once on login.sock for one uid. */
  readonly maxLoginsPerUid: number;
}

export interface Place {
  /**
   * False: there is no room. The connection may still say START, to be answered with a denial: closed without a word
   * it would look like a daemon that is away, and a module with failmode=safe would let its user in.
   */
  readonly admitted: boolean;
  /** Gives the place back, once. */
  release(): void;
}

/** Connections beyond the limit that are kept to be refused politely; more are closed at once. */
const REFUSED_PER_UID = 16;

interface Count {
  admitted: number;
  refused: number;
}

export class Admission {
  readonly #doors: Record<Door, Count> = { pam: { admitted: 0, refused: 0 }, login: { admitted: 0, refused: 0 } };
  readonly #uids = new Map<number, Count>();

  /** Logins under way on one socket. */
  underWay(door: Door): number {
    return this.#doors[door].admitted;
  }

  /** A place for a connection that was just accepted; undefined when it must be closed. */
  enter(door: Door, uid: number, limits: AdmissionLimits): Place | undefined {
    const all = this.#doors[door];
    const mine = this.#uids.get(uid) ?? { admitted: 0, refused: 0 };
    const own = door === "login";
    const admitted = all.admitted < limits.maxLogins && !(own && mine.admitted >= limits.maxLoginsPerUid);
    if (!admitted && own && mine.refused >= REFUSED_PER_UID) return undefined;
    const counter = admitted ? "admitted" : "refused";
    all[counter] += 1;
    if (own) {
      mine[counter] += 1;
      this.#uids.set(uid, mine);
    }
    let held = true;
    return {
      admitted,
      release: () => {
        if (!held) return;
        held = false;
        all[counter] -= 1;
        if (own) this.#leave(uid, mine, counter);
      },
    };
  }

  #leave(uid: number, mine: Count, counter: keyof Count): void {
    mine[counter] -= 1;
    if (mine.admitted + mine.refused === 0) this.#uids.delete(uid);
  }
}
