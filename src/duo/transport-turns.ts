// A bound on how many calls go to Duo at once: the others wait in the order in which they came.

/** On one way to Duo, whoever asks. Polls are held by Duo for long and do not count. */
export const CALLS_AT_ONCE = 32;
/**
 * SECURITY: of these, for logins of login.sock, which a crowd of local users can begin at will. While Duo is slow, each of their
 * calls lasts; what they cannot have is kept for pam.sock, whose answers must not wait for theirs.
 */
export const USERS_CALLS_AT_ONCE = CALLS_AT_ONCE / 2;

export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Resolves when it is the caller's turn, who must call leave(). Rejects with the signal's reason; then it must not. */
  enter(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.push(go);
    });
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
