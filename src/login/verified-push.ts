// Verified Duo Push: the code stands in a prompt while the push is out, because a plain message might not be seen before
// the answer is needed. The login goes on when Duo has decided *and* the user has pressed Enter.

import { aborted } from "../core/verdict.ts";
import type { FactorChoice, FactorOption, VerifiedPush } from "../duo/api.ts";
import type { LoginContext } from "./context.ts";
import { sendFactor } from "./factor-call.ts";
import type { Answer } from "./ports.ts";
import { settle } from "./settle.ts";
import type { Step } from "./step.ts";
import { verifiedPushPrompt } from "./words.ts";

/**
 * After autopush: nothing is known of this connection, and sshd's password method fails every prompt. So the code is shown
 * first, and the push goes out when the user has pressed Enter; a code that cannot be shown sends no push.
 */
export async function sendAfterCode(
  context: LoginContext,
  choice: FactorChoice,
  option: FactorOption,
  { code }: VerifiedPush,
): Promise<Step> {
  const text = verifiedPushPrompt(option, code.reveal(), false);
  const answer = await context.conversation.prompt(text, { echo: true });
  if (answer.kind === "cancelled") return { kind: "ended", verdict: aborted(answer.reason) };
  return settle(context, await sendFactor(context, choice, context.scope.signal, true));
}

/** After the menu, which proved that prompts work: the push is out while the code stands on the screen. */
export async function sendBesideCode(
  context: LoginContext,
  choice: FactorChoice,
  option: FactorOption,
  { code }: VerifiedPush,
): Promise<Step> {
  const cancel = new AbortController();
  context.scope.onStop(() => cancel.abort());
  const text = verifiedPushPrompt(option, code.reveal(), true);
  const prompt = context.conversation.prompt(text, { echo: true });
  const decision = sendFactor(context, choice, cancel.signal, true);
  const cancelled = await Promise.race([cancellation(prompt), decision.then(() => undefined)]);
  if (cancelled !== undefined) {
    // The user has left: nothing may be decided for them any more.
    cancel.abort();
    await decision;
    return { kind: "ended", verdict: aborted(cancelled.reason) };
  }
  const answer = await prompt;
  if (answer.kind === "cancelled") return { kind: "ended", verdict: aborted(answer.reason) };
  return settle(context, await decision);
}

/** Resolves only when the prompt was cancelled. */
function cancellation(prompt: Promise<Answer>): Promise<Extract<Answer, { kind: "cancelled" }>> {
  return new Promise((resolve) => {
    void prompt.then((answer) => {
      if (answer.kind === "cancelled") resolve(answer);
    });
  });
}
