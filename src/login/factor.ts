// Choosing the factor of one attempt: what came with the login, autopush, or the user's answer at the menu.

import type { DisplayText } from "../core/display-text.ts";
import type { LoginFacts } from "../core/facts.ts";
import type { Secret } from "../core/secret.ts";
import { aborted, deny, type Verdict } from "../core/verdict.ts";
import type { FactorMenu, FactorOption, Preauth } from "../duo/api.ts";
import { serviceProfile } from "../policy/service-profile.ts";
import { readAnswer } from "./answer.ts";
import type { LoginContext } from "./context.ts";
import { askReader } from "./unread.ts";
import { autopushNotice, menuPrompt, WORDS } from "./words.ts";

export type AuthPreauth = Extract<Preauth, { kind: "auth" }>;

export type Selection =
  /** `automatic`: nobody was asked, so nothing is known yet of whether this connection can show a prompt. */
  | { readonly kind: "option"; readonly option: FactorOption; readonly automatic: boolean }
  | { readonly kind: "passcode"; readonly passcode: Secret }
  | { readonly kind: "again"; readonly notice: DisplayText }
  | { readonly kind: "ended"; readonly verdict: Verdict };

/** `notice` is what the user should know from the attempt before. */
export async function selectFactor(
  context: LoginContext,
  preauth: AuthPreauth,
  notice: DisplayText | undefined,
): Promise<Selection> {
  // Only in the first attempt: after a refusal the user chooses.
  const unasked = context.record.attempts === 1 ? selectUnasked(context, preauth) : undefined;
  if (unasked !== undefined) return unasked;
  return context.facts.interactive ? ask(context, preauth, notice) : refuse(context, WORDS.noConversation);
}

/** What happens in the first attempt before anybody has answered; a value, so that `duogate explain` can tell it. */
export type FirstMove =
  | { readonly kind: "send"; readonly option: FactorOption }
  | { readonly kind: "ask" }
  | {
      readonly kind: "refuse";
      readonly words: DisplayText;
      readonly reason: "no-conversation" | "no-usable-factor";
    };

export function firstMove({ facts, policy }: Pick<LoginContext, "facts" | "policy">, preauth: AuthPreauth): FirstMove {
  const ask: FirstMove = facts.interactive ? { kind: "ask" } : refusal(WORDS.noConversation);
  const unasked = policy.autopush || (!facts.interactive && serviceProfile(facts.service).pushesUnasked);
  // SECURITY: sudo repeats a refused login by itself, with nothing typed in between: each time would ring once more.
  const pushes = unasked && facts.unattended !== true && facts.again !== true;
  if (!pushes) return ask;
  const option = preauth.menu.preferred;
  if (option !== undefined) return sendable(facts, preauth, option);
  return facts.interactive ? ask : refusal(WORDS.noFactor, "no-usable-factor");
}

/** Whether the option can be sent with nobody asked. */
function sendable({ interactive }: LoginFacts, { verifiedPush }: AuthPreauth, option: FactorOption): FirstMove {
  if (option.kind === "push" && verifiedPush !== undefined && !interactive) return refusal(WORDS.codeCannotBeShown);
  return { kind: "send", option };
}

/** Undefined: the user must be asked. COMPAT(duo_unix): what came with the login counts once, and before autopush. */
function selectUnasked(context: LoginContext, preauth: AuthPreauth): Selection | undefined {
  const { facts, givenFactor } = context;
  if (givenFactor === undefined) return act(context, firstMove(context, preauth));
  context.conversation.info(WORDS.factorGiven);
  const selection = understand(givenFactor, preauth.menu);
  return selection.kind === "option" ? act(context, sendable(facts, preauth, selection.option)) : selection;
}

function act(context: LoginContext, move: FirstMove): Selection | undefined {
  switch (move.kind) {
    case "ask":
      return undefined;
    case "refuse":
      return refuse(context, move.words, move.reason);
    default:
      if (move.option.kind !== "sms") context.conversation.info(autopushNotice(move.option));
      return { kind: "option", option: move.option, automatic: true };
  }
}

function refusal(words: DisplayText, reason: "no-conversation" | "no-usable-factor" = "no-conversation"): FirstMove {
  return { kind: "refuse", words, reason };
}

async function ask(context: LoginContext, preauth: AuthPreauth, notice: DisplayText | undefined): Promise<Selection> {
  const { conversation, subject, record } = context;
  // SECURITY: an OpenSSH client without a terminal answers every prompt with an empty line. Once a factor was sent, that must
  // not send another one.
  const menu = record.factorsSent === 0 ? preauth.menu : { ...preauth.menu, preferred: undefined };
  const question = (again: DisplayText | undefined) => menuPrompt(subject.username, menu, again ?? notice);
  // COMPAT(duo_unix): an empty answer ends the login there. Here a person's Enter takes the default; a program's is refused.
  const answer =
    menu.preferred === undefined
      ? await conversation.prompt(question(undefined), { echo: true })
      : await askReader(context, "enter", question);
  if (answer.kind === "nobody") return refuse(context, WORDS.noConversation);
  if (answer.kind === "cancelled") {
    // SECURITY: after a refused factor, sshd must not start over: each of its own tries would be another push.
    const over: Verdict = { kind: "max-tries", reason: "cancelled-after-refusal" };
    return { kind: "ended", verdict: record.factorsSent > 0 ? over : aborted(answer.reason) };
  }
  return understand(answer.text, menu);
}

function understand(answer: Secret, menu: FactorMenu): Selection {
  const reading = readAnswer(answer, menu);
  switch (reading.kind) {
    case "not-offered":
      return { kind: "again", notice: WORDS.notAnOption };
    case "nothing":
      return { kind: "again", notice: WORDS.noDefault };
    case "not-understood":
      return { kind: "again", notice: WORDS.notUnderstood };
    case "option":
      return { ...reading, automatic: false };
    default:
      return reading;
  }
}

function refuse(
  { conversation }: LoginContext,
  words: DisplayText,
  reason: "no-conversation" | "no-usable-factor" = "no-conversation",
): Selection {
  conversation.error(words);
  return { kind: "ended", verdict: deny(reason) };
}
