// The Conversation port over a helper's connection: INFO, ERROR and PROMPT frames, and the ANSWER that comes back.

import type { Clock, Timer } from "../core/clock.ts";
import type { DisplayText } from "../core/display-text.ts";
import { Secret } from "../core/secret.ts";
import type { Answer, Conversation } from "../login/ports.ts";
import { MESSAGES_BETWEEN_PROMPTS } from "../wire/limits.ts";
import type { Answer as AnswerMessage } from "../wire/messages.ts";
import type { Channel } from "./channel.ts";

const PLACES_FOR_ERRORS = 4;

export interface ConversationSettings {
  readonly showsMessages: boolean;
  readonly answerTimeoutMs: number;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly timer: Timer;
}

export class RemoteConversation implements Conversation {
  readonly #channel: Channel;
  readonly #clock: Clock;
  readonly #settings: ConversationSettings;
  #shown = 0;
  #waiting: Waiting | undefined;

  constructor(channel: Channel, clock: Clock, settings: ConversationSettings) {
    this.#channel = channel;
    this.#clock = clock;
    this.#settings = settings;
  }

  info(text: DisplayText): boolean {
    return this.#show("info", text);
  }

  error(text: DisplayText): void {
    this.#show("error", text);
  }

  prompt(text: DisplayText, { echo }: { readonly echo: boolean }): Promise<Answer> {
    if (!this.#channel.send({ kind: "prompt", echo, text })) return Promise.resolve(gone());
    this.#shown = 0;
    return new Promise((resolve) => {
      const timer = this.#clock.after(this.#settings.answerTimeoutMs, () =>
        this.#settle({ kind: "cancelled", reason: "answer-timeout" }),
      );
      this.#waiting = { resolve, timer };
    });
  }

  /** The ANSWER frame has come. */
  answered(answer: AnswerMessage): void {
    this.#settle(
      answer.given ? { kind: "given", text: new Secret(answer.text) } : { kind: "cancelled", reason: "user-cancelled" },
    );
  }

  /** Nobody will answer any more. */
  lost(): void {
    this.#settle(gone());
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.timer.cancel();
    waiting?.resolve(answer);
  }

  #show(kind: "info" | "error", text: DisplayText): boolean {
    // PROTOCOL: section 3: more would be a violation. The last places are for what says why a login ends.
    const places = kind === "error" ? MESSAGES_BETWEEN_PROMPTS : MESSAGES_BETWEEN_PROMPTS - PLACES_FOR_ERRORS;
    if (!this.#settings.showsMessages || this.#shown >= places) return false;
    const sent = this.#channel.send({ kind, text });
    if (sent) this.#shown += 1;
    return sent;
  }
}

function gone(): Answer {
  return { kind: "cancelled", reason: "helper-gone" };
}
