// Answers that came sooner than a person can have read the question. OpenSSH's client without a terminal answers every prompt
// with an empty line at once, and nothing but the time tells it from somebody who presses Enter.

import type { DisplayText } from "../core/display-text.ts";
import type { LoginContext } from "./context.ts";
import type { Answer } from "./ports.ts";
import { WORDS } from "./words.ts";

/**
 * A program answers within a round trip of its network, which is below this between continents but not over a satellite. A
 * person sees the question that much later too, and needs a third of a second to see it and press a key.
 */
export const READING_MS = 500;

export type ReadAnswer = Answer | { readonly kind: "nobody" };

/**
 * Asks where an answer makes a phone ring with nothing chosen. `unread` says which answers count only when they can have been
 * read: they are asked for once more, and `nobody` is there when it happens again. `prompt` gets what to say then.
 */
export async function askReader(
  { conversation, clock }: Pick<LoginContext, "conversation" | "clock">,
  unread: "enter" | "any",
  prompt: (again: DisplayText | undefined) => DisplayText,
): Promise<ReadAnswer> {
  for (const again of [undefined, WORDS.tooSoon]) {
    const askedAt = clock.now();
    const answer = await conversation.prompt(prompt(again), { echo: true });
    const counts = answer.kind === "cancelled" || (unread === "enter" && answer.text.reveal().trim() !== "");
    if (counts || clock.now() - askedAt >= READING_MS) return answer;
  }
  return { kind: "nobody" };
}
