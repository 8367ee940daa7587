// Owns the record of one scene, line by line with who said it, and how such a line is printed. Decides nothing about what
// was right. Called by play.ts, the phones and the tour.

import type { Paint } from "./paint.ts";

/** The login's terminal, the user's keyboard, the user's phone, the daemon's log, libpam's return value. */
export type Speaker = "screen" | "types" | "phone" | "daemon" | "PAM";

export interface Entry {
  readonly speaker: Speaker;
  readonly text: string;
}

export class Transcript {
  readonly #entries: Entry[] = [];
  readonly #onEntry: (entry: Entry) => void;
  readonly #waiting = new Set<() => void>();

  /** `onEntry` hears every entry at once: a tour is read while it runs. */
  constructor(onEntry: (entry: Entry) => void) {
    this.#onEntry = onEntry;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  add(speaker: Speaker, text: string): void {
    const entry = { speaker, text };
    this.#entries.push(entry);
    this.#onEntry(entry);
    for (const look of [...this.#waiting]) look();
  }

  /** The first group of the pattern's first match in what this speaker said, or will say. Rejects with the signal's reason. */
  found(speaker: Speaker, pattern: RegExp, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(look);
        signal.removeEventListener("abort", onAbort);
      };
      const onAbort = (): void => {
        stop();
        reject(signal.reason);
      };
      const look = (): void => {
        const match = pattern.exec(this.textOf(speaker));
        if (match === null) return;
        stop();
        resolve(match[1] ?? match[0]);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(look);
      if (signal.aborted) onAbort();
      else look();
    });
  }

  /** All that this speaker said. */
  textOf(speaker: Speaker): string {
    return this.#entries
      .filter((entry) => entry.speaker === speaker)
      .map(({ text }) => text)
      .join("\n");
  }
}

const GUTTER = 9;

/** The entry's lines with its speaker in front of the first. */
export function entryLines(paint: Paint, { speaker, text }: Entry): readonly string[] {
  const lines = text.trimEnd().split("\n");
  return lines.map((line, i) => {
    const head = (i === 0 ? speaker : "").padStart(GUTTER);
    return `${tint(paint, speaker)(head)} ${paint.dim(paint.signs.bar)} ${line}`.trimEnd();
  });
}

function tint({ bold, cyan, dim, yellow }: Paint, speaker: Speaker): (text: string) => string {
  switch (speaker) {
    case "types":
      return bold;
    case "phone":
      return yellow;
    case "daemon":
      return dim;
    default:
      return cyan;
  }
}
