// Taking the user's one push slot. Where another login holds it, this one waits for its turn: by itself where nobody was asked
// so far, else the user is asked whether to wait or to use a passcode. The wait ends with the login's time.

import type { Secret } from "../core/secret.ts";
import { aborted, deny } from "../core/verdict.ts";
import type { FactorMenu, FactorOption } from "../duo/api.ts";
import { readAnswer } from "./answer.ts";
import type { LoginContext } from "./context.ts";
import type { Release } from "./push-slots.ts";
import type { Step } from "./step.ts";
import { slotNotice, slotPrompt, WORDS } from "./words.ts";

export interface Wanted {
  readonly menu: FactorMenu;
  readonly option: FactorOption;
  /** Nobody was asked: whether this connection can show a prompt is not known. */
  readonly automatic: boolean;
}

export type Slot =
  /** `option` is the push or call to send: the user may have chosen another one while waiting. */
  | { readonly kind: "taken"; readonly release: Release; readonly option: FactorOption }
  /** What needs no slot. */
  | { readonly kind: "option"; readonly option: FactorOption }
  | { readonly kind: "passcode"; readonly passcode: Secret }
  | Step;

/**
 * A prompt that is cancelled sooner than anybody can have read it was cancelled by the application, which cannot ask: some
 * screen lockers take one question and no other.
 */
export const SOONER_THAN_READ_MS = 250;

export async function takeSlot(context: LoginContext, wanted: Wanted): Promise<Slot> {
  const { slots, subject, conversation } = context;
  const { option, automatic } = wanted;
  const free = slots.tryAcquire(subject.username);
  if (free !== undefined) return { kind: "taken", release: free, option };
  if (!automatic) return await ask(context, wanted);
  // Not a question: sshd's password method fails every prompt, and of ten logins at once each would need an answer.
  conversation.info(slotNotice(slots.ahead(subject.username)));
  return await wait(context, option);
}

/** Enter, and any push or call, mean wait; what is named there is what will be sent. */
async function ask(context: LoginContext, { menu, option }: Wanted): Promise<Slot> {
  const { slots, subject, conversation, clock } = context;
  const askedAt = clock.now();
  const answer = await conversation.prompt(slotPrompt(slots.ahead(subject.username)), { echo: true });
  if (answer.kind === "cancelled") {
    const unread = answer.reason === "user-cancelled" && clock.now() - askedAt < SOONER_THAN_READ_MS;
    return unread ? await wait(context, option) : { kind: "ended", verdict: aborted(answer.reason) };
  }
  const reading = readAnswer(answer.text, { ...menu, preferred: undefined });
  switch (reading.kind) {
    case "passcode":
      return reading;
    case "nothing":
      return await wait(context, option);
    case "option":
      return reading.option.kind === "sms" ? reading : await wait(context, reading.option);
    case "not-offered":
      return { kind: "again", notice: WORDS.notAnOption };
    default:
      return { kind: "again", notice: WORDS.notUnderstood };
  }
}

async function wait({ slots, subject, scope, userTime }: LoginContext, option: FactorOption): Promise<Slot> {
  const release = await userTime.during(() => slots.acquire(subject.username, scope.signal));
  if (release === undefined) return { kind: "ended", verdict: deny("push-pending") };
  return { kind: "taken", release, option };
}
