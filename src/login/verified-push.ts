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

/** The prompt goes out first, so that the code is on the screen when the phone asks for it. */
export async function sendVerifiedPush(
  context: LoginContext,
  choice: FactorChoice,
  option: FactorOption,
  { code }: VerifiedPush,
): Promise<Step> {
  const cancel = new AbortController();
  context.scope.onStop(() => cancel.abort());
  const prompt = context.conversation.prompt(verifiedPushPrompt(option, code.reveal()), { echo: true });
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
