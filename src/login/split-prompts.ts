// Prompts for an application that may show a text of its own instead of them (sudo -p, ansible, Fabric, pyinfra): what the user
// has to read is a message, and the prompt is the question alone. On the screen both are the same in total.

import { displayText } from "../core/display-text.ts";
import type { LoginFacts } from "../core/facts.ts";
import { serviceProfile } from "../policy/service-profile.ts";
import type { Conversation } from "./ports.ts";

/** `conversation` as this login's application needs it. */
export function forService(conversation: Conversation, { service, tty }: LoginFacts): Conversation {
  const { replacesPrompts, showsInfoAtOnce } = serviceProfile(service);
  if (!replacesPrompts || !showsInfoAtOnce) return conversation;
  // Without a terminal the prompt may be all that somebody sees (sudo -A: the window of an askpass program): it stays whole.
  return splitPrompts(conversation, tty === undefined || tty === "");
}

/** `keepWhole`: the prompt has everything besides. */
function splitPrompts(conversation: Conversation, keepWhole: boolean): Conversation {
  return {
    info: (text) => conversation.info(text),
    error: (text) => conversation.error(text),
    prompt(text, options) {
      const end = text.lastIndexOf("\n");
      // The application ends a message with a line feed: this is that one.
      const shown = end > 0 && conversation.info(displayText(text.slice(0, end)));
      return conversation.prompt(shown && !keepWhole ? displayText(text.slice(end + 1)) : text, options);
    },
  };
}
