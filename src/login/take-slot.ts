// Taking the user's one push slot. Where another login holds it, this one waits for its turn: by itself for a while where nobody
// was asked so far, else the user is asked whether to wait or to use a passcode. The wait ends with the login's time.

import type { Secret } from "../core/secret.ts";
import { sleep } from "../core/sleep.ts";
import { aborted, deny } from "../core/verdict.ts";
import type { FactorMenu, FactorOption } from "../duo/api.ts";
import { readAnswer } from "./answer.ts";
import type { LoginContext } from "./context.ts";
import type { Release } from "./push-slots.ts";
import type { Step } from "./step.ts";
import { Turn } from "./turn.ts";
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

/**
 * How long an automatic push waits without a question: of ten logins at once each would need an answer. Not longer: logins of
 * somebody who has the user's password can stand before this one for ever, and a passcode needs no turn.
 */
export const QUIET_MS = 20_000;

/** Nobody finds a phone, reads and answers in less: a push that comes later rings for nothing. */
export const LEAST_FOR_PUSH_MS = 5000;

export async function takeSlot(context: LoginContext, wanted: Wanted): Promise<Slot> {
  const { slots, subject, conversation, scope } = context;
  const { menu, option, automatic } = wanted;
  const { username } = subject;
  const free = slots.tryAcquire(username, menu.phones);
  if (free !== undefined) return { kind: "taken", release: free, option };
  const turn = new Turn(() => slots.queue(username, menu.phones), scope);
  if (!automatic) return await ask(context, wanted, turn);
  conversation.info(slotNotice(slots.ahead(username, menu.phones)));
  return (await waitQuietly(context, turn)) ? await wait(context, option, turn) : await ask(context, wanted, turn);
}

/** False: it takes long, and the user can be asked. */
async function waitQuietly({ facts, clock, userTime }: LoginContext, turn: Turn): Promise<boolean> {
  if (!facts.interactive) return true;
  const enough = new AbortController();
  const come = turn.join().then(() => true);
  const long = sleep(QUIET_MS, clock, enough.signal).then(() => false);
  const came = await userTime.during(() => Promise.race([come, long]));
  enough.abort();
  return came;
}

/** Enter, and any push or call, mean wait; what is named there is what will be sent. */
async function ask(context: LoginContext, { menu, option }: Wanted, turn: Turn): Promise<Slot> {
  const { slots, subject, conversation, clock } = context;
  const askedAt = clock.now();
  const text = slotPrompt(turn.ahead ?? slots.ahead(subject.username, menu.phones));
  const answer = await turn.duringQuestion(() => conversation.prompt(text, { echo: true }));
  if (answer.kind === "cancelled") {
    const unread = answer.reason === "user-cancelled" && clock.now() - askedAt < SOONER_THAN_READ_MS;
    if (unread) return await wait(context, option, turn);
    turn.leave();
    return { kind: "ended", verdict: aborted(answer.reason) };
  }
  const reading = readAnswer(answer.text, { ...menu, preferred: undefined });
  if (reading.kind === "nothing") return await wait(context, option, turn);
  if (reading.kind === "option" && reading.option.kind !== "sms") return await wait(context, reading.option, turn);
  turn.leave();
  switch (reading.kind) {
    case "passcode":
    case "option":
      return reading;
    case "not-offered":
      return { kind: "again", notice: WORDS.notAnOption };
    default:
      return { kind: "again", notice: WORDS.notUnderstood };
  }
}

async function wait(context: LoginContext, option: FactorOption, turn: Turn): Promise<Slot> {
  const { scope, userTime, conversation } = context;
  const release = await userTime.during(() => turn.take());
  if (release !== undefined && scope.remainingMs >= LEAST_FOR_PUSH_MS) return { kind: "taken", release, option };
  release?.();
  conversation.error(WORDS.noTurn);
  return { kind: "ended", verdict: deny("push-pending") };
}
