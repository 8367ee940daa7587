// How long one login waited for its user: at a prompt, for a factor to be answered, for the push of another login of the same
// user. What is left of the login's time is ours. Times that overlap count once. Made by login.ts.

import type { Clock } from "../core/clock.ts";
import type { Conversation } from "./ports.ts";

export class UserTime {
  readonly #clock: Clock;
  #waits = 0;
  #since = 0;
  #total = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds so far. */
  get ms(): number {
    return this.#total + (this.#waits > 0 ? this.#clock.now() - this.#since : 0);
  }

  /** What `work` takes until it settles is the user's. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waits === 0) this.#since = this.#clock.now();
    this.#waits += 1;
    try {
      return await work();
    } finally {
      this.#waits -= 1;
      if (this.#waits === 0) this.#total += this.#clock.now() - this.#since;
    }
  }

  /** `conversation`, whose prompts are the user's time. */
  timing(conversation: Conversation): Conversation {
    return {
      info: (text) => conversation.info(text),
      error: (text) => conversation.error(text),
      prompt: (text, options) => this.during(() => conversation.prompt(text, options)),
    };
  }
}
