// One push or call in flight for each user, host-wide, so that nobody's phone can be flooded from here. Later logins
// of the same user wait in order, or use a passcode.

import { userKeys } from "./user-keys.ts";

export type Release = () => void;

/** A place in the queue. */
export interface Place {
  /** Resolves when its turn has come; undefined when it was left first. */
  readonly come: Promise<Release | undefined>;
  /** Logins of the same user that come before it. */
  readonly ahead: number;
  /** Gives the place up, and the slot too where its turn had come. */
  leave(): void;
}

interface Waiter {
  readonly keys: readonly string[];
  readonly grant: (release: Release) => void;
}

export class PushSlots {
  readonly #held = new Set<readonly string[]>();
  #waiting: readonly Waiter[] = [];

  /** Users with a push or call out. */
  get busy(): number {
    return this.#held.size;
  }

  /** Logins that come before a new one of this user: the one that holds the slot, and those that wait for it. */
  ahead(user: string, phones?: string): number {
    return this.#before(userKeys(user, phones), this.#waiting);
  }

  /** Takes the user's slot, or undefined when it is taken. */
  tryAcquire(user: string, phones?: string): Release | undefined {
    const keys = userKeys(user, phones);
    return this.#before(keys, this.#waiting) > 0 ? undefined : this.#hold(keys);
  }

  /** Waits for the slot in order of arrival; undefined when the signal stops the wait. */
  async acquire(user: string, signal: AbortSignal, phones?: string): Promise<Release | undefined> {
    if (signal.aborted) return undefined;
    const place = this.queue(user, phones);
    const leave = () => place.leave();
    signal.addEventListener("abort", leave, { once: true });
    const release = await place.come;
    signal.removeEventListener("abort", leave);
    return release;
  }

  /** Joins the queue. */
  queue(user: string, phones?: string): Place {
    const keys = userKeys(user, phones);
    let settle: (release: Release | undefined) => void = () => undefined;
    const come = new Promise<Release | undefined>((resolve) => {
      settle = resolve;
    });
    let granted: Release | undefined;
    const waiter: Waiter = {
      keys,
      grant: (release) => {
        granted = release;
        settle(release);
      },
    };
    const earlier = () => this.#waiting.slice(0, this.#waiting.indexOf(waiter));
    const [before, waits] = [(ws: readonly Waiter[]) => this.#before(keys, ws), () => this.#waiting.includes(waiter)];
    this.#waiting = [...this.#waiting, waiter];
    this.#serve();
    return {
      come,
      get ahead() {
        return waits() ? before(earlier()) : 0;
      },
      leave: () => {
        granted?.();
        settle(undefined);
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        this.#serve();
      },
    };
  }

  #before(keys: readonly string[], waiting: readonly Waiter[]): number {
    const same = (others: readonly string[]) => others.some((key) => keys.includes(key));
    return [...this.#held].filter(same).length + waiting.filter((waiter) => same(waiter.keys)).length;
  }

  #hold(keys: readonly string[]): Release {
    this.#held.add(keys);
    return () => {
      if (this.#held.delete(keys)) this.#serve();
    };
  }

  /** Each in its order, unless somebody before it has, or waits for, the same user's slot. */
  #serve(): void {
    const taken = new Set([...this.#held].flat());
    const served = new Map<Waiter, Release>();
    for (const waiter of this.#waiting) {
      if (!waiter.keys.some((key) => taken.has(key))) served.set(waiter, this.#hold(waiter.keys));
      for (const key of waiter.keys) taken.add(key);
    }
    if (served.size === 0) return;
    this.#waiting = this.#waiting.filter((waiter) => !served.has(waiter));
    for (const [waiter, release] of served) waiter.grant(release);
  }
}
