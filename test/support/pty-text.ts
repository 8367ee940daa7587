// PtyText: text that grows, and tests that wait for what must appear in it. Event-driven: it never sleeps and never
// polls. It keeps no process; pty.ts, sandbox-syslog.ts and sandbox-sshd.ts feed it.

import { setMaxListeners } from "node:events";

export type Pattern = string | RegExp;

interface Waiter {
  readonly pattern: Pattern;
  readonly resolve: (match: RegExpExecArray) => void;
  readonly reject: (reason: Error) => void;
}

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
}

export class PtyText {
  readonly #name: string;
  readonly #limit: AbortSignal | number;
  #all = "";
  #read = 0;
  #ended: string | undefined;
  #waiters: Waiter[] = [];

  /**
   * `name` stands in failure messages. `limit` bounds the waits: one deadline for all of them, or milliseconds for each.
   */
  constructor(name: string, limit: AbortSignal | number) {
    this.#name = name;
    this.#limit = limit;
    // Each wait listens to the one deadline; Node warns from the eleventh on.
    if (typeof limit !== "number") setMaxListeners(0, limit);
  }

  /** Everything so far, carriage returns taken out. */
  get transcript(): string {
    return this.#all;
  }

  feed(chunk: string): void {
    this.#all += chunk.replaceAll("\r", "");
    this.#settle();
  }

  /** No more text comes: waits that are not met fail now, and do not hang until the deadline. */
  end(how: string): void {
    this.#ended = how;
    this.#settle();
    this.#rejectAll(how);
  }

  /** Forgets what is there: the next wait looks at later text only. */
  skip(): void {
    this.#read = this.#all.length;
  }

  /**
   * The first match after the previous match. Rejects at the limit, when the text ends, or when `signal` aborts,
   * and the error shows all that there was.
   */
  waitFor(pattern: Pattern, options: WaitOptions = {}): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { pattern, resolve, reject };
      this.#waiters.push(waiter);
      this.#settle();
      if (this.#ended !== undefined) {
        this.#reject(waiter, this.#ended);
      }
      const deadline = typeof this.#limit === "number" ? AbortSignal.timeout(this.#limit) : this.#limit;
      this.#rejectOn(waiter, deadline, "the deadline passed");
      this.#rejectOn(waiter, options.signal, "the wait was cancelled");
    });
  }

  #rejectOn(waiter: Waiter, signal: AbortSignal | undefined, why: string): void {
    if (signal?.aborted) {
      this.#reject(waiter, why);
    } else {
      signal?.addEventListener("abort", () => this.#reject(waiter, why), { once: true });
    }
  }

  #settle(): void {
    for (let waiter = this.#waiters[0]; waiter !== undefined; waiter = this.#waiters[0]) {
      const match = find(waiter.pattern, this.#all.slice(this.#read));
      if (match === null) {
        return;
      }
      this.#read += match.index + match[0].length;
      this.#waiters.shift();
      waiter.resolve(match);
    }
  }

  #rejectAll(why: string): void {
    for (const waiter of [...this.#waiters]) {
      this.#reject(waiter, why);
    }
  }

  #reject(waiter: Waiter, why: string): void {
    const at = this.#waiters.indexOf(waiter);
    if (at >= 0) {
      this.#waiters.splice(at, 1);
      waiter.reject(
        new Error(`${this.#name}: waited for ${String(waiter.pattern)}, but ${why}. All there was:\n${this.#all}\n---`),
      );
    }
  }
}

function find(pattern: Pattern, text: string): RegExpExecArray | null {
  const expression = typeof pattern === "string" ? new RegExp(literal(pattern), "u") : pattern;
  expression.lastIndex = 0;
  return expression.exec(text);
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}
