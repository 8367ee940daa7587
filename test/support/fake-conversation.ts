// A user at the other end: answers prompts from a script and remembers everything that was shown. Used by the tests of
// login/.

import type { DisplayText } from "../../src/core/display-text.ts";
import { Secret } from "../../src/core/secret.ts";
import type { AbortReason } from "../../src/core/verdict.ts";
import type { Answer, Conversation } from "../../src/login/ports.ts";

/** A text is typed, by a person or at once by a program; a cancellation is given up; "held" is answered by the test with answer(). */
export type Reply =
  | string
  | { readonly atOnce: string }
  | { readonly cancelled: AbortReason }
  | { readonly held: true };
export const HELD: Reply = { held: true };

export interface Shown {
  readonly kind: "info" | "error" | "prompt";
  readonly text: string;
}

export class FakeConversation implements Conversation {
  readonly shown: Shown[] = [];
  readonly #replies: Reply[];
  readonly #onPrompt: (text: string) => void;
  readonly #read: () => void;
  #resolve: ((answer: Answer) => void) | undefined;

  constructor(replies: readonly Reply[] = [], onPrompt: (text: string) => void = () => {}, read = () => {}) {
    this.#replies = [...replies];
    this.#onPrompt = onPrompt;
    this.#read = read;
  }

  info(text: DisplayText): boolean {
    this.shown.push({ kind: "info", text });
    return true;
  }

  error(text: DisplayText): void {
    this.shown.push({ kind: "error", text });
  }

  prompt(text: DisplayText): Promise<Answer> {
    if (this.#resolve !== undefined) throw new Error("a second prompt while one is open");
    this.shown.push({ kind: "prompt", text });
    this.#onPrompt(text);
    const reply = this.#replies.shift();
    if (reply === undefined) throw new Error(`no answer is scripted for: ${text}`);
    if (typeof reply === "string") return Promise.resolve(this.#typed(reply));
    if ("atOnce" in reply) return Promise.resolve(given(reply.atOnce));
    if ("cancelled" in reply) return Promise.resolve({ kind: "cancelled", reason: reply.cancelled });
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Answers the prompt that is held; false when there is none. */
  answer(reply: string | { readonly cancelled: AbortReason }): boolean {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(typeof reply === "string" ? this.#typed(reply) : { kind: "cancelled", reason: reply.cancelled });
    return resolve !== undefined;
  }

  /** A person reads before pressing Enter alone. */
  #typed(text: string): Answer {
    if (text.trim() === "") this.#read();
    return given(text);
  }

  get prompting(): boolean {
    return this.#resolve !== undefined;
  }

  /** Answers that were scripted and never asked for. */
  get left(): number {
    return this.#replies.length;
  }

  texts(kind: Shown["kind"]): readonly string[] {
    return this.shown.filter((shown) => shown.kind === kind).map(({ text }) => text);
  }
}

function given(text: string): Answer {
  return { kind: "given", text: new Secret(text) };
}
