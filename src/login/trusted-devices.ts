// Remembered devices: the tokens that Duo gave with an allow, kept for the user and the address that they came from, to be
// presented at the next preauth. SECURITY: such a token replaces the second factor, so it lives in memory alone, is never
// logged, and is forgotten at the first doubt.

import type { Clock } from "../core/clock.ts";
import type { Secret } from "../core/secret.ts";

export interface DeviceHolder {
  /** The name that Duo was asked for. */
  readonly username: string;
  /** Without an address nothing is remembered: it would hold for everybody who comes from anywhere. */
  readonly ipaddr: string | undefined;
  /** Which Duo application gave it: the integration key. */
  readonly ikey: string;
}

/** The longest that a token is kept, whatever it says of itself: Duo's policies go up to a month, logins need less. */
export const KEEP_MAX_MS = 24 * 60 * 60 * 1000;
const ENTRIES_MAX = 10_000;

interface Entry {
  readonly holder: DeviceHolder;
  readonly token: Secret;
  /** On the monotonic clock. */
  readonly until: number;
}

export class TrustedDevices {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(holder: DeviceHolder): Secret | undefined {
    const key = keyOf(holder);
    const entry = key === undefined ? undefined : this.#entries.get(key);
    if (entry === undefined || key === undefined) return undefined;
    if (this.#clock.now() < entry.until) return entry.token;
    this.#entries.delete(key);
    return undefined;
  }

  keep(holder: DeviceHolder, token: Secret): void {
    const key = keyOf(holder);
    if (key === undefined) return;
    const until = this.#clock.now() + Math.min(KEEP_MAX_MS, this.#lifetimeOf(token));
    this.#entries.delete(key);
    this.#entries.set(key, { holder, token, until });
    // The oldest goes: a Map keeps the order of its insertions.
    const oldest = this.#entries.keys().next().value;
    if (this.#entries.size > ENTRIES_MAX && oldest !== undefined) this.#entries.delete(oldest);
  }

  forget(holder: DeviceHolder): void {
    const key = keyOf(holder);
    if (key !== undefined) this.#entries.delete(key);
  }

  /** All tokens of a user, from everywhere. Returns how many there were. */
  revokeUser(username: string): number {
    return this.#revoke(({ holder }) => fold(holder.username) === fold(username));
  }

  revokeAll(): number {
    return this.#revoke(() => true);
  }

  #revoke(fits: (entry: Entry) => boolean): number {
    const before = this.#entries.size;
    for (const [key, entry] of this.#entries) if (fits(entry)) this.#entries.delete(key);
    return before - this.#entries.size;
  }

  /** The token's form is not documented; where its middle part is a time that lies ahead, that is its end. */
  #lifetimeOf(token: Secret): number {
    const seconds = /^[^|]*\|\|(\d{9,11})\|\|/.exec(token.reveal())?.[1];
    const left = seconds === undefined ? 0 : Number(seconds) * 1000 - this.#clock.wallMs();
    return left > 0 ? left : KEEP_MAX_MS;
  }
}

const fold = (name: string): string => name.normalize("NFC").toLowerCase();

/** Length-prefixed by JSON, so that no name can be made to look like another name and address. */
function keyOf({ username, ipaddr, ikey }: DeviceHolder): string | undefined {
  return ipaddr === undefined ? undefined : JSON.stringify([ikey, fold(username), ipaddr]);
}
