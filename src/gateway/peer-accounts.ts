// For which account of this machine a peer of login.sock counts: its own, or the one that owns the range of subordinate uids
// that it is in. A uid without an account is a stranger's (a foreign user namespace, a container): nothing is spent on it.
// Remembers what the name service said for a short time, of a bounded number of uids.

import type { Clock } from "../core/clock.ts";
import type { Directory } from "../login/ports.ts";

export interface PeerAccountsParts {
  readonly clock: Clock;
  readonly directory: Pick<Directory, "lookupUid">;
  /** /etc/subuid. */
  readonly ranges: {
    ownerOf(uid: number): string | undefined;
    ownAs(name: string, uid: number): string | undefined;
  };
  /** Shown for every peer whose uid is not mapped here; undefined where all are. */
  readonly unmappedUid: number | undefined;
}

/** `stranger`: no user of this machine. */
export type PeerAccount = { readonly kind: "account"; readonly name: string } | { readonly kind: "stranger" };

const STRANGER = { kind: "stranger" } as const;
/** An account that was just made can log in soon, one that is gone is gone soon. */
const KNOWN_MS = 60_000;
const STRANGER_MS = 5000;
const REMEMBERED_MAX = 4096;

interface Remembered {
  /** Undefined: there is no such account. */
  readonly name: string | undefined;
  readonly until: number;
}

export class PeerAccounts {
  readonly #parts: PeerAccountsParts;
  /** The one looked up last is at the end. */
  readonly #remembered = new Map<number, Remembered>();
  readonly #lookups = new Map<number, Promise<PeerAccount>>();

  constructor(parts: PeerAccountsParts) {
    this.#parts = parts;
  }

  get remembered(): number {
    return this.#remembered.size;
  }

  /** What is known without asking; undefined: look. */
  known(uid: number): PeerAccount | undefined {
    if (uid === this.#parts.unmappedUid) return STRANGER;
    const found = this.#remembered.get(uid);
    if (found === undefined || found.until <= this.#parts.clock.now()) return undefined;
    return found.name === undefined ? STRANGER : this.#accountOf(uid, found.name);
  }

  /** Whom a peer counts for while it is being looked up. All subordinate uids of one owner are one. */
  provisional(uid: number): string {
    return this.#parts.ranges.ownerOf(uid) ?? String(uid);
  }

  /**
   * Asks the name service, once at a time for each uid. Where it fails, the peer counts as in `provisional`: that it has an
   * account is looked up again, and must be found, before its login is decided.
   */
  look(uid: number): Promise<PeerAccount> {
    const under = this.#lookups.get(uid) ?? this.#look(uid).finally(() => this.#lookups.delete(uid));
    this.#lookups.set(uid, under);
    return under;
  }

  async #look(uid: number): Promise<PeerAccount> {
    const entry = await this.#parts.directory.lookupUid(uid);
    if (!entry.ok && entry.error.code !== "not-found") return { kind: "account", name: this.provisional(uid) };
    const name = entry.ok ? entry.value.name : undefined;
    this.#remember(uid, name);
    return name === undefined ? STRANGER : this.#accountOf(uid, name);
  }

  #remember(uid: number, name: string | undefined): void {
    this.#remembered.delete(uid);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= REMEMBERED_MAX && oldest !== undefined) this.#remembered.delete(oldest);
    const until = this.#parts.clock.now() + (name === undefined ? STRANGER_MS : KNOWN_MS);
    this.#remembered.set(uid, { name, until });
  }

  /** An owner's own logins and those of its subordinate uids share one name. */
  #accountOf(uid: number, name: string): PeerAccount {
    const { ranges } = this.#parts;
    return { kind: "account", name: ranges.ownerOf(uid) ?? ranges.ownAs(name, uid) ?? String(uid) };
  }
}
