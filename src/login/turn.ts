// One login's place in the queue for its user's push slot: taken when it begins to wait, kept while the user is asked a
// question meanwhile, and given up once.

import type { Scope } from "../core/scope.ts";
import type { Place, Release } from "./push-slots.ts";

export class Turn {
  readonly #queue: () => Place;
  #place: Place | undefined;
  #over = false;

  /** `queue` joins the queue. */
  constructor(queue: () => Place, scope: Scope) {
    this.#queue = queue;
    scope.onStop(() => this.leave());
  }

  /** Logins that come first; undefined while this one has no place. */
  get ahead(): number | undefined {
    return this.#place?.ahead;
  }

  /** Joins the queue. Resolves when the turn has come, or never will. */
  join(): Promise<unknown> {
    if (this.#over) return Promise.resolve();
    this.#place ??= this.#queue();
    return this.#place.come;
  }

  /** Waits for the turn and takes it; undefined when the login is stopped first. */
  async take(): Promise<Release | undefined> {
    await this.join();
    const release = this.#over ? undefined : await this.#place?.come;
    this.#over = true;
    return release;
  }

  /**
   * A question that may change the user's mind. The place is kept; a turn that comes before the answer goes to the next one, so
   * that nobody holds the phone by not answering, and waiting begins anew at the end of the queue.
   */
  async duringQuestion<T>(question: () => Promise<T>): Promise<T> {
    let open = true;
    const place = this.#place;
    void place?.come.then(() => {
      if (!open) return;
      place.leave();
      this.#place = undefined;
    });
    try {
      return await question();
    } finally {
      open = false;
    }
  }

  /** This login does not want it any more. */
  leave(): void {
    if (this.#over) return;
    this.#over = true;
    this.#place?.leave();
  }
}
