// Verified Duo Push: the code stands in a prompt while the push is out, because a plain message might not be seen before
// the answer is needed. The login goes on when Duo has decided *and* the user has pressed Enter.

import { type DisplayText, display } from "../core/display-text.ts";
import type { Secret } from "../core/secret.ts";
import { aborted, deny } from "../core/verdict.ts";
import type { AuthState, FactorChoice, FactorOption } from "../duo/api.ts";
import type { LoginContext } from "./context.ts";
import { sendFactor } from "./factor-call.ts";
import type { Answer, Conversation } from "./ports.ts";
import type { PushFlight } from "./push-flight.ts";
import { settle } from "./settle.ts";
import type { Step } from "./step.ts";
import { askReader } from "./unread.ts";
import { codeToComePrompt, instructionPrompt, verifiedPushPrompt, WORDS } from "./words.ts";

export interface VerifiedSending {
  readonly choice: FactorChoice;
  readonly option: FactorOption;
  /** Undefined where Duo tells it only after the push. */
  readonly code: Secret | undefined;
  readonly flight: PushFlight;
}

/**
 * Before an automatic push: nothing is known of this connection, and sshd's password method fails every prompt. So a prompt comes
 * first, with the code where it is known, and the push goes out when the user has pressed Enter; where no prompt can be
 * shown, or something answers before anybody can have read it, no push is sent. SECURITY: without the user's slot, which nobody
 * may hold by not answering. Undefined: Enter was pressed.
 */
export async function enterFirst(
  context: LoginContext,
  { option, code }: Pick<VerifiedSending, "option" | "code">,
): Promise<Step | undefined> {
  const text = code === undefined ? codeToComePrompt(option) : verifiedPushPrompt(option, code.reveal(), false);
  const answer = await askReader(context, "any", (again) => (again === undefined ? text : display`${again}\n${text}`));
  if (answer.kind === "nobody") {
    context.conversation.error(WORDS.codeCannotBeShown);
    return { kind: "ended", verdict: deny("no-conversation") };
  }
  return answer.kind === "cancelled" ? { kind: "ended", verdict: aborted(answer.reason) } : undefined;
}

/** After that: a code that was shown with it stands on the screen. */
export async function sendAfterEnter(context: LoginContext, sending: VerifiedSending): Promise<Step> {
  const { choice, code, flight } = sending;
  if (code === undefined) return await sendBesideCode(context, sending);
  const { signal } = context.scope;
  return settle(context, await sendFactor(context, choice, { signal, flight, onWaiting: () => undefined }));
}

/**
 * After a prompt that was answered, which proved that prompts work: the push is out while the code stands on the screen. A
 * code that Duo tells only after the push is put into a prompt as soon as it comes.
 */
export async function sendBesideCode(
  context: LoginContext,
  { choice, option, code, flight }: VerifiedSending,
): Promise<Step> {
  const cancel = new AbortController();
  context.scope.onStop(() => cancel.abort());
  const screen = new CodePrompt(context.conversation);
  if (code !== undefined) screen.show(verifiedPushPrompt(option, code.reveal(), true));
  const onWaiting = ({ instruction }: AuthState) => {
    if (instruction !== undefined) screen.show(instructionPrompt(instruction.reveal()));
  };
  const decision = sendFactor(context, choice, { signal: cancel.signal, flight, onWaiting });
  const cancelled = await Promise.race([screen.cancelled, decision.then(() => undefined)]);
  if (cancelled !== undefined) {
    // The user has left: nothing may be decided for them any more.
    cancel.abort("the user has left");
    await decision;
    return { kind: "ended", verdict: aborted(cancelled.reason) };
  }
  const answer = await screen.answer;
  if (answer?.kind === "cancelled") return { kind: "ended", verdict: aborted(answer.reason) };
  return settle(context, await decision);
}

type Cancelled = Extract<Answer, { kind: "cancelled" }>;

/** The one prompt that a push with a code can have. */
class CodePrompt {
  /** Resolves only when the prompt was cancelled. */
  readonly cancelled: Promise<Cancelled>;
  readonly #conversation: Conversation;
  #leave: (answer: Cancelled) => void = () => {};
  #answer: Promise<Answer> | undefined;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    this.cancelled = new Promise((resolve) => {
      this.#leave = resolve;
    });
  }

  /** Undefined while nothing was shown. */
  get answer(): Promise<Answer> | undefined {
    return this.#answer;
  }

  /** Only the first text is shown: two prompts for one push would be one too many to answer. */
  show(text: DisplayText): void {
    if (this.#answer !== undefined) return;
    this.#answer = this.#conversation.prompt(text, { echo: true });
    void this.#answer.then((answer) => {
      if (answer.kind === "cancelled") this.#leave(answer);
    });
  }
}
