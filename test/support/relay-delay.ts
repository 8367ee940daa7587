// Owns one direction of a delayed connection: things to do, in order, each not before its time. Measures how late it was.
// Must not know sockets. Called by relay-server.ts.
//
// setTimeout counts whole milliseconds and fires up to one of them late, which is much beside the few milliseconds that a
// benchmark looks for. So a timer only comes near; the rest is passed turn by turn of the event loop, which also goes on
// reading sockets meanwhile. That costs one processor for two milliseconds per delivery, hence the thread of its own.

const NEAR_MS = 2;
const KEPT_LATENESSES = 100_000;

/** How late deliveries were, in milliseconds; shared by all directions of a relay. */
export class Lateness {
  readonly #values: number[] = [];

  add(ms: number): void {
    if (this.#values.length < KEPT_LATENESSES) this.#values.push(ms);
  }

  /** All values since the last call. */
  take(): readonly number[] {
    return this.#values.splice(0);
  }
}

interface Delivery {
  readonly dueAt: number;
  readonly deliver: () => void;
}

export class DelayLine {
  readonly #queue: Delivery[] = [];
  readonly #lateness: Lateness;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #lastDue = 0;

  constructor(lateness: Lateness) {
    this.#lateness = lateness;
  }

  /** `deliver` is called at `dueAt` of performance.now(), and after everything given before it. */
  put(dueAt: number, deliver: () => void): void {
    this.#lastDue = Math.max(this.#lastDue, dueAt);
    this.#queue.push({ dueAt: this.#lastDue, deliver });
    if (this.#queue.length === 1) this.#approach();
  }

  /** Forgets what has not been delivered. */
  close(): void {
    this.#queue.length = 0;
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
  }

  #approach(): void {
    const next = this.#queue[0];
    if (next === undefined) return;
    const wait = next.dueAt - performance.now();
    if (wait > NEAR_MS) this.#timer = setTimeout(() => this.#approach(), wait - NEAR_MS);
    else if (wait > 0) this.#turn = setImmediate(() => this.#approach());
    else {
      this.#queue.shift();
      this.#lateness.add(-wait);
      next.deliver();
      this.#approach();
    }
  }
}
