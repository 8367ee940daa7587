// Sending one factor to Duo and following it to its end: auth once, then auth_status until something final. For a verified
// push, the prompt with the code stands open meanwhile.

import { displayText } from "../core/display-text.ts";
import type { DuoFailure } from "../core/failure.ts";
import type { Result } from "../core/result.ts";
import type { AuthState, FactorChoice } from "../duo/api.ts";
import { serviceProfile } from "../policy/service-profile.ts";
import type { LoginContext } from "./context.ts";
import type { PushFlight } from "./push-flight.ts";
import { pollToEnd } from "./push-polls.ts";

/** Duo gives up on a push after about 60 s; nobody waits for it much longer. */
export const FACTOR_LIFETIME_MS = 75_000;
export interface Sending {
  readonly signal: AbortSignal;
  /** What a push or a call that holds the user's slot is known to be at. */
  readonly flight?: PushFlight | undefined;
  /** Hears each state before the final one, instead of the user, who sees Duo's status texts otherwise. */
  readonly onWaiting?: ((state: AuthState) => void) | undefined;
}

/** The final state; `waiting` when the factor's time ran out. */
export async function sendFactor(
  context: LoginContext,
  choice: FactorChoice,
  sending: Sending,
): Promise<Result<AuthState, DuoFailure>> {
  const { duo, subject, record } = context;
  const { signal, flight } = sending;
  record.factor = choice.kind === "passcode" ? "passcode" : choice.option.kind;
  record.factorsSent += 1;
  record.duoTxid = undefined;
  record.duoStatus = undefined;
  record.failure = undefined;
  if (record.factor === "push") record.pushes += 1;
  // A login that has ended sends nothing (client.ts): then there is nothing to follow either.
  if (!signal.aborted) flight?.sending();
  const reply = await duo.auth(subject, choice, signal);
  flight?.answered(reply);
  if (!reply.ok) return reply;
  if (reply.value.kind === "final") return note(context, { ok: true, value: reply.value.state });
  record.duoTxid = reply.value.txid;
  return note(context, await follow(context, reply.value.txid, sending));
}

async function follow(
  context: LoginContext,
  txid: string,
  { signal, flight, onWaiting }: Sending,
): Promise<Result<AuthState, DuoFailure>> {
  const { duo, clock, userTime } = context;
  const reply = await pollToEnd({
    ask: () => userTime.during(() => duo.authStatus(txid, signal)),
    onWaiting: onWaiting ?? statusTexts(context),
    clock,
    untilMs: clock.now() + FACTOR_LIFETIME_MS,
    signal,
  });
  flight?.heard(reply);
  return reply;
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
