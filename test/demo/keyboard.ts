// Owns the terminal's keyboard during the interactive demo: raw mode, so that the phone can be answered with one key, and
// with it the editing of a line. Keys typed ahead wait for the next question. Called by the menu, the live login and phone.

import { emitKeypressEvents, type Key } from "node:readline";

export interface KeyboardOptions {
  readonly input: NodeJS.ReadStream;
  readonly write: (text: string) => void;
  /** Ctrl-C, which raw mode does not make into a signal. */
  readonly onInterrupt: () => void;
}

interface Pressed {
  readonly name: string;
  readonly text: string;
}

export class Keyboard {
  readonly #options: KeyboardOptions;
  readonly #pressed: Pressed[] = [];
  #waiting: ((key: Pressed) => void) | undefined;
  readonly #onKeypress = (text: string | undefined, key: Key): void => this.#take(text ?? "", key);

  constructor(options: KeyboardOptions) {
    this.#options = options;
    const { input } = options;
    emitKeypressEvents(input);
    input.setRawMode(true);
    input.on("keypress", this.#onKeypress);
    input.resume();
  }

  close(): void {
    const { input } = this.#options;
    input.off("keypress", this.#onKeypress);
    input.setRawMode(false);
    input.pause();
  }

  /** One of these keys; others are ignored. Rejects with the signal's reason. */
  async key(wanted: string, signal: AbortSignal): Promise<string> {
    for (;;) {
      const { text } = await this.#next(signal);
      const small = text.toLowerCase();
      if (small !== "" && wanted.includes(small)) return small;
    }
  }

  /** A line; undefined for Ctrl-D on an empty one. Without `echo` nothing is shown. Rejects with the signal's reason. */
  async line(echo: boolean, signal: AbortSignal): Promise<string | undefined> {
    let line: readonly string[] = [];
    const show = (text: string): void => this.#options.write(echo ? text : "");
    for (;;) {
      const { name, text } = await this.#next(signal);
      if (name === "return" || name === "enter" || (name === "ctrl-d" && line.length === 0)) {
        this.#options.write("\n");
        return name === "ctrl-d" ? undefined : line.join("");
      }
      const edited = edit(line, name, text);
      if (edited.length < line.length) show("\b \b".repeat(line.length - edited.length));
      else if (edited.length > line.length) show(text);
      line = edited;
    }
  }

  #take(text: string, key: Key): void {
    const name = key.ctrl === true ? `ctrl-${key.name}` : (key.name ?? "");
    if (name === "ctrl-c") {
      this.#options.onInterrupt();
      return;
    }
    const pressed = { name, text: isPrintable(text) ? text : "" };
    const waiting = this.#waiting;
    if (waiting === undefined) this.#pressed.push(pressed);
    else waiting(pressed);
  }

  #next(signal: AbortSignal): Promise<Pressed> {
    signal.throwIfAborted();
    if (this.#waiting !== undefined) throw new Error("two questions at once at one keyboard");
    const ahead = this.#pressed.shift();
    if (ahead !== undefined) return Promise.resolve(ahead);
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        this.#waiting = undefined;
        signal.removeEventListener("abort", onAbort);
        act();
      };
      const onAbort = (): void => settle(() => reject(signal.reason));
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting = (key) => settle(() => resolve(key));
    });
  }
}

function edit(line: readonly string[], name: string, text: string): readonly string[] {
  if (name === "backspace") return line.slice(0, -1);
  if (name === "ctrl-u") return [];
  return text === "" ? line : [...line, text];
}

/** One character that moves the cursor by one place, near enough for a demo. */
function isPrintable(text: string): boolean {
  return [...text].length === 1 && !/\p{C}/u.test(text);
}
