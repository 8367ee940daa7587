// Taking the user's one push slot, with the user told when another login holds it: wait for it, or use a passcode.

import type { Secret } from "../core/secret.ts";
import { aborted, deny } from "../core/verdict.ts";
import { readAnswer } from "./answer.ts";
import type { LoginContext } from "./context.ts";
import type { Release } from "./push-slots.ts";
import type { Step } from "./step.ts";
import { slotPrompt, WORDS } from "./words.ts";

export type Slot =
  | { readonly kind: "taken"; readonly release: Release }
  | { readonly kind: "passcode"; readonly passcode: Secret }
  | Step;

export async function takeSlot(context: LoginContext): Promise<Slot> {
  const { slots, subject, facts, conversation, scope, userTime } = context;
  const free = slots.tryAcquire(subject.username);
  if (free !== undefined) return { kind: "taken", release: free };
  if (facts.interactive) {
    const answer = await conversation.prompt(slotPrompt(), { echo: true });
    if (answer.kind === "cancelled") return { kind: "ended", verdict: aborted(answer.reason) };
    const reading = readAnswer(answer.text, { options: [], preferred: undefined });
    if (reading.kind === "passcode") return reading;
    if (reading.kind !== "nothing") return { kind: "again", notice: WORDS.notUnderstood };
  } else conversation.info(WORDS.slotBusy);
  const release = await userTime.during(() => slots.acquire(subject.username, scope.signal));
  if (release === undefined) return { kind: "ended", verdict: deny("push-pending") };
  return { kind: "taken", release };
}
