// The person at the keyboard, for PAM's prompts and for questions of ours: one line at a time, with or without echo. Where
// standard input is no terminal, each question takes one line of it, and its end is an answer that never comes. No secret is
// kept or shown.

import { createInterface } from "node:readline";
import { Writable } from "node:stream";

export interface Terminal {
  /** Somebody can be asked. */
  readonly isTerminal: boolean;
  /** Undefined: the end of the input, Ctrl-C, or `signal`. */
  ask(
    question: string,
    options: { readonly echo: boolean; readonly signal?: AbortSignal },
  ): Promise<string | undefined>;
  /** Lets go of the input, so that the program can end. */
  close(): void;
}

const LINE_MAX_BYTES = 4096;

/** `input` is a function because a command that asks nothing should not touch its standard input. */
export function createTerminal(input: () => NodeJS.ReadableStream, screen: NodeJS.WritableStream): Terminal {
  const isTerminal = () => "isTTY" in input() && Reflect.get(input(), "isTTY") === true;
  let piped: LineQueue | undefined;
  return {
    get isTerminal() {
      return isTerminal();
    },
    async ask(question, { echo, signal }) {
      if (signal?.aborted) return undefined;
      if (isTerminal()) return await typed(input(), screen, question, echo, signal);
      screen.write(question);
      piped ??= new LineQueue(input());
      const line = await piped.next(signal);
      screen.write("\n");
      return line;
    },
    close: () => piped?.close(),
  };
}

function typed(
  input: NodeJS.ReadableStream,
  screen: NodeJS.WritableStream,
  question: string,
  echo: boolean,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  // readline edits the line in raw mode, so the terminal does not echo; without echo, readline's own goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: echo ? screen : nowhere, terminal: true, historySize: 0 });
  const end = question.lastIndexOf("\n") + 1;
  screen.write(question.slice(0, end));
  // With echo, readline draws the last line anew at each key and has to know it.
  if (!echo) screen.write(question.slice(end));
  lines.setPrompt(question.slice(end));
  lines.prompt();
  return new Promise<string | undefined>((resolve) => {
    lines.once("line", resolve);
    lines.once("SIGINT", () => lines.close());
    lines.once("close", () => resolve(undefined));
    signal?.addEventListener("abort", () => lines.close(), { once: true });
  }).then((line) => {
    lines.close();
    if (!echo || line === undefined) screen.write("\n");
    return line;
  });
}

/** The lines of a pipe or file. What was read and not yet asked for is kept for the next question. */
class LineQueue {
  readonly #input: NodeJS.ReadableStream;
  #bytes = "";
  #ended = false;
  #wake: () => void = () => {};

  constructor(input: NodeJS.ReadableStream) {
    this.#input = input;
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    input.setEncoding("utf8");
    input.on("data", (chunk: string) => {
      this.#bytes += chunk;
      this.#wake();
    });
    input.once("end", end).once("error", end).once("close", end);
  }

  async next(signal: AbortSignal | undefined): Promise<string | undefined> {
    signal?.addEventListener("abort", () => this.#wake(), { once: true });
    for (;;) {
      const line = this.#take();
      if (line !== undefined) return Buffer.byteLength(line) > LINE_MAX_BYTES ? undefined : line;
      if (this.#ended || signal?.aborted || this.#bytes.length > LINE_MAX_BYTES) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#bytes = "";
    this.#ended = true;
    this.#input.pause();
    if ("unref" in this.#input && typeof this.#input.unref === "function") this.#input.unref();
  }

  #take(): string | undefined {
    const at = this.#bytes.indexOf("\n");
    if (at < 0) return undefined;
    const line = this.#bytes.slice(0, at).replace(/\r$/, "");
    this.#bytes = this.#bytes.slice(at + 1);
    return line;
  }
}
