// One attempt: preauth → factor → auth → its end. It ends the login, or says what to tell the user before the next one.

import type { DisplayText } from "../core/display-text.ts";
import { allowBypass, deny, type Verdict } from "../core/verdict.ts";
import type { FactorChoice, FactorMenu, FactorOption, Preauth } from "../duo/api.ts";
import { deviceHolder, type LoginContext } from "./context.ts";
import { type AuthPreauth, type Selection, selectFactor } from "./factor.ts";
import { sendFactor } from "./factor-call.ts";
import { PushFlight } from "./push-flight.ts";
import { pushInfo } from "./push-info.ts";
import { settle, settleFailure } from "./settle.ts";
import type { Step } from "./step.ts";
import { type Slot, takeSlot } from "./take-slot.ts";
import { enterFirst, sendAfterEnter, sendBesideCode } from "./verified-push.ts";
import { orElse, WORDS } from "./words.ts";

export async function runAttempt(context: LoginContext, notice: DisplayText | undefined): Promise<Step> {
  const { duo, subject, scope, devices } = context;
  const holder = deviceHolder(context);
  const preauth = await duo.preauth(subject, scope.signal, devices.get(holder));
  if (!preauth.ok) return settleFailure(context, preauth.error);
  // A token that did not spare the factor has ended, or Duo's policy has changed.
  if (preauth.value.kind !== "allow") devices.forget(holder);
  if (preauth.value.kind !== "auth") return { kind: "ended", verdict: withoutFactor(context, preauth.value) };
  context.record.factorWanted = true;
  const selection = await selectFactor(context, preauth.value, notice);
  switch (selection.kind) {
    case "option":
      return useOption(context, preauth.value, selection);
    case "passcode":
      return send(context, selection);
    default:
      return selection;
  }
}

type Decided = Exclude<Preauth, { kind: "auth" }>;

export interface PreauthDecision {
  readonly verdict: Verdict;
  /** What the user is told, line by line. */
  readonly words: readonly DisplayText[];
}

/** preauth has decided: bypass, refusal or enrolment. `duogate explain` asks here as well. */
export function decisionOf(preauth: Decided): PreauthDecision {
  switch (preauth.kind) {
    case "allow":
      return { verdict: allowBypass(), words: [] };
    case "enroll": {
      const words = orElse(preauth.message, WORDS.enroll);
      return { verdict: deny("not-enrolled"), words: preauth.url === undefined ? [words] : [words, preauth.url] };
    }
    default:
      return { verdict: deny("duo-denied"), words: [orElse(preauth.message, WORDS.denied)] };
  }
}

function withoutFactor({ conversation, record }: LoginContext, preauth: Decided): Verdict {
  record.duoStatus = preauth.message;
  const { verdict, words } = decisionOf(preauth);
  for (const line of words) conversation.error(line);
  return verdict;
}

async function useOption(
  context: LoginContext,
  preauth: AuthPreauth,
  { option, automatic }: Extract<Selection, { kind: "option" }>,
): Promise<Step> {
  if (option.kind === "sms") return sendText(context, preauth.menu, option);
  const { menu, verifiedPush } = preauth;
  const enters = automatic && option.kind === "push" && verifiedPush !== undefined;
  const left = enters ? await enterFirst(context, { option, code: verifiedPush.code }) : undefined;
  if (left !== undefined) return left;
  const slot = await takeSlot(context, { menu, option, automatic: automatic && !enters });
  switch (slot.kind) {
    case "taken":
      return ring(context, preauth, slot, {
        automatic: automatic && !enters,
        codeShown: enters && slot.option === option,
      });
    case "passcode":
      return send(context, slot);
    case "option":
      return useOption(context, preauth, { ...slot, automatic: false });
    default:
      return slot;
  }
}

async function sendText(context: LoginContext, { phones }: FactorMenu, option: FactorOption): Promise<Step> {
  const { texts, subject, clock, scope } = context;
  if (!texts.take(subject.username, phones)) return { kind: "again", notice: WORDS.textSent };
  const flight = new PushFlight(clock);
  const choice: FactorChoice = { kind: "option", option, txid: undefined, pushinfo: [] };
  const result = await sendFactor(context, choice, { signal: scope.signal, flight });
  if (!result.ok && flight.remainingMs === 0) texts.giveBack(subject.username);
  return settle(context, result);
}

/** Sends the push or call that has the user's slot. */
async function ring(
  context: LoginContext,
  preauth: AuthPreauth,
  { option, release }: Extract<Slot, { kind: "taken" }>,
  { automatic, codeShown }: { readonly automatic: boolean; readonly codeShown: boolean },
): Promise<Step> {
  const flight = new PushFlight(context.clock);
  try {
    const verified = option.kind === "push" ? preauth.verifiedPush : undefined;
    const pushinfo = option.kind === "push" ? await pushInfo(context) : [];
    const choice: FactorChoice = { kind: "option", option, txid: verified?.txid, pushinfo };
    if (verified === undefined) {
      if (automatic && !context.scope.signal.aborted) context.record.sentUnasked = true;
      return await send(context, choice, flight);
    }
    const sendVerified = codeShown ? sendAfterEnter : sendBesideCode;
    return await sendVerified(context, { choice, option, code: verified.code, flight });
  } finally {
    // However the login ends, the slot is given back when no phone rings for it any more.
    context.followers.takeOver({ flight, release, duo: context.duo, keepDuo: context.keepDuo });
  }
}

async function send(context: LoginContext, choice: FactorChoice, flight?: PushFlight): Promise<Step> {
  return settle(context, await sendFactor(context, choice, { signal: context.scope.signal, flight }));
}
