// One push or call in flight for each user, host-wide, so that nobody's phone can be flooded from here. Later logins
// of the same user wait in order, or use a passcode.

export type Release = () => void;

interface Waiter {
  readonly grant: (release: Release) => void;
}

export class PushSlots {
  readonly #busy = new Map<string, Waiter[]>();

  /** Takes the user's slot, or undefined when it is taken. */
  tryAcquire(user: string): Release | undefined {
    if (this.#busy.has(user)) return undefined;
    this.#busy.set(user, []);
    return this.#releaser(user);
  }

  /** Waits for the slot in order of arrival; undefined when the signal stops the wait. */
  acquire(user: string, signal: AbortSignal): Promise<Release | undefined> {
    const free = this.tryAcquire(user);
    if (free !== undefined || signal.aborted) {
      if (signal.aborted) free?.();
      return Promise.resolve(signal.aborted ? undefined : free);
    }
    return new Promise((resolve) => {
      const stop = () => {
        const queue = this.#busy.get(user);
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
      this.#busy.get(user)?.push(waiter);
      signal.addEventListener("abort", stop, { once: true });
    });
  }

  #releaser(user: string): Release {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = this.#busy.get(user)?.shift();
      if (next === undefined) this.#busy.delete(user);
      else next.grant(this.#releaser(user));
    };
  }
}
