// Sending one factor to Duo and following it to its end: auth once, then auth_status until something final. For a verified
// push, the prompt with the code stands open meanwhile.

import { displayText } from "../core/display-text.ts";
import type { DuoFailure } from "../core/failure.ts";
import type { Result } from "../core/result.ts";
import { sleep } from "../core/sleep.ts";
import type { AuthState, FactorChoice } from "../duo/api.ts";
import { serviceProfile } from "../policy/service-profile.ts";
import type { LoginContext } from "./context.ts";

/** Duo gives up on a push after about 60 s; nobody waits for it much longer. */
export const FACTOR_LIFETIME_MS = 75_000;
/** Statuses may follow each other quickly (pushed, then allow); a service that goes on like that is asked less often. */
export const POLL_SPACING_MS = 1000;
const UNSPACED_POLLS = 4;

/**
 * The final state; `waiting` when the factor's time ran out. `onWaiting` hears each state before that, in the place of
 * the user, who sees Duo's status texts otherwise.
 */
export async function sendFactor(
  context: LoginContext,
  choice: FactorChoice,
  signal: AbortSignal,
  onWaiting: ((state: AuthState) => void) | undefined,
): Promise<Result<AuthState, DuoFailure>> {
  const { duo, subject, record } = context;
  record.factor = choice.kind === "passcode" ? "passcode" : choice.option.kind;
  record.factorsSent += 1;
  record.duoTxid = undefined;
  record.duoStatus = undefined;
  record.failure = undefined;
  if (record.factor === "push") record.pushes += 1;
  const reply = await duo.auth(subject, choice, signal);
  if (!reply.ok) return reply;
  if (reply.value.kind === "final") return note(context, { ok: true, value: reply.value.state });
  record.duoTxid = reply.value.txid;
  return note(context, await follow(context, reply.value.txid, signal, onWaiting));
}

async function follow(
  context: LoginContext,
  txid: string,
  signal: AbortSignal,
  onWaiting: ((state: AuthState) => void) | undefined,
): Promise<Result<AuthState, DuoFailure>> {
  const { duo, clock, userTime } = context;
  const hear = onWaiting ?? statusTexts(context);
  const until = clock.now() + FACTOR_LIFETIME_MS;
  for (let polls = 1; ; polls += 1) {
    const askedAt = clock.now();
    const reply = await userTime.during(() => duo.authStatus(txid, signal));
    // `timeout` is final, whatever the result beside it says: sources disagree about that.
    if (!reply.ok || reply.value.result !== "waiting" || reply.value.status === "timeout") return reply;
    hear(reply.value);
    if (clock.now() >= until) return reply;
    const spare = POLL_SPACING_MS - (clock.now() - askedAt);
    if (polls >= UNSPACED_POLLS && spare > 0) await sleep(spare, clock, signal);
  }
}

/** Shows each change to a user who sees it at once. */
function statusTexts({ facts, conversation }: LoginContext): (state: AuthState) => void {
  const shows = facts.showsMessages && serviceProfile(facts.service).showsInfoAtOnce;
  let last = "";
  return ({ status, message, instruction }) => {
    const words = instruction === undefined ? message : displayText(instruction.reveal());
    // Not every dialect has status words; there, the text is what changes.
    const state = status || words;
    if (state !== last && shows && words !== "") conversation.info(words);
    last = state;
  };
}

// SECURITY: the status word only. Duo's message can hold a verification code.
function note(context: LoginContext, result: Result<AuthState, DuoFailure>): Result<AuthState, DuoFailure> {
  if (result.ok) context.record.duoStatus = result.value.status || result.value.result;
  return result;
}
