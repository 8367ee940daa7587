// Owns a numbered list of things that happened and the waiting for the next one that fits.
// Bounded: the oldest half is dropped when it is full. Called for requests, pushes and SMS.

/** An entry carries its place in the order of events, from 1. */
export interface Numbered {
  readonly sequence: number;
}

/** Which entry to wait for, and until when. */
export interface NextOptions {
  /** Only entries with a greater number count. */
  readonly after: number;
  readonly signal?: AbortSignal | undefined;
}

const keptEntries = 20_000;

/** A list that can be waited on. */
export class Journal<T extends Numbered> {
  readonly #entries: T[] = [];
  readonly #listeners = new Set<(entry: T) => void>();
  readonly #waiting = new Set<(reason: Error) => void>();
  #sequence = 0;

  /** Oldest first; the same array for the life of the journal. */
  get entries(): readonly T[] {
    return this.#entries;
  }

  /** Number of the newest entry, 0 if there is none. */
  get sequence(): number {
    return this.#sequence;
  }

  add(make: (sequence: number) => T): T {
    this.#sequence += 1;
    const entry = make(this.#sequence);
    if (this.#entries.length >= keptEntries) this.#entries.splice(0, keptEntries / 2);
    this.#entries.push(entry);
    for (const listener of [...this.#listeners]) listener(entry);
    return entry;
  }

  /** Calls `listener` for every later entry. @returns the way to stop it. */
  subscribe(listener: (entry: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The first entry that fits, past or future.
   * Rejects with the signal's reason, or with an Error when the journal is closed first.
   */
  next(fits: (entry: T) => boolean, { after, signal }: NextOptions): Promise<T> {
    const wanted = (entry: T): boolean => entry.sequence > after && fits(entry);
    const past = this.#entries.find(wanted);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        unsubscribe();
        this.#waiting.delete(fail);
        signal?.removeEventListener("abort", abort);
      };
      const fail = (reason: unknown): void => {
        stop();
        reject(reason);
      };
      const abort = (): void => fail(signal?.reason);
      const unsubscribe = this.subscribe((entry) => {
        if (!wanted(entry)) return;
        stop();
        resolve(entry);
      });
      this.#waiting.add(fail);
      if (signal?.aborted === true) abort();
      else signal?.addEventListener("abort", abort);
    });
  }

  /** Forgets the entries and starts numbering anew; those who wait go on waiting. */
  clear(): void {
    this.#entries.length = 0;
    this.#sequence = 0;
  }

  /** Rejects everybody who waits. */
  close(): void {
    for (const fail of [...this.#waiting]) fail(new Error("the emulator was closed"));
    this.#listeners.clear();
  }
}
