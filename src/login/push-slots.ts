// One push or call in flight for each user, host-wide, so that nobody's phone can be flooded from here. Later logins
// of the same user wait in order, or use a passcode.

export type Release = () => void;

interface Waiter {
  readonly grant: (release: Release) => void;
}

/** Duo takes "Alice" and "alice" for one user, so one slot serves both. */
const keyOf = (user: string): string => user.normalize("NFC").toLowerCase();

export class PushSlots {
  readonly #busy = new Map<string, Waiter[]>();

  /** Users with a push or call out. */
  get busy(): number {
    return this.#busy.size;
  }

  /** Logins that come before a new one of this user: the one that holds the slot, and those that wait for it. */
  ahead(user: string): number {
    const queue = this.#busy.get(keyOf(user));
    return queue === undefined ? 0 : 1 + queue.length;
  }

  /** Takes the user's slot, or undefined when it is taken. */
  tryAcquire(user: string): Release | undefined {
    const key = keyOf(user);
    if (this.#busy.has(key)) return undefined;
    this.#busy.set(key, []);
    return this.#releaser(key);
  }

  /** Waits for the slot in order of arrival; undefined when the signal stops the wait. */
  acquire(user: string, signal: AbortSignal): Promise<Release | undefined> {
    const free = this.tryAcquire(user);
    if (free !== undefined || signal.aborted) {
      if (signal.aborted) free?.();
      return Promise.resolve(signal.aborted ? undefined : free);
    }
    const key = keyOf(user);
    return new Promise((resolve) => {
      const stop = () => {
        const queue = this.#busy.get(key);
        const at = queue?.indexOf(waiter) ?? -1;
        if (at >= 0) queue?.splice(at, 1);
        resolve(undefined);
      };
      const waiter: Waiter = {
        grant: (release) => {
          signal.removeEventListener("abort", stop);
          resolve(release);
        },
      };
      this.#busy.get(key)?.push(waiter);
      signal.addEventListener("abort", stop, { once: true });
    });
  }

  #releaser(key: string): Release {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = this.#busy.get(key)?.shift();
      if (next === undefined) this.#busy.delete(key);
      else next.grant(this.#releaser(key));
    };
  }
}
