// From what Duo said, or failed to say, to the next step of the login. The user gets a short line; the log gets the rest.

import type { DuoFailure } from "../core/failure.ts";
import type { Result } from "../core/result.ts";
import { aborted, allowApproved, deny } from "../core/verdict.ts";
import type { AuthState } from "../duo/api.ts";
import { mayChooseAgain, outcomeOf } from "../policy/outcome.ts";
import { deviceHolder, type LoginContext } from "./context.ts";
import { ended, type Step } from "./step.ts";
import { orElse, WORDS } from "./words.ts";

/** What the end of a factor means. */
export function settle(context: LoginContext, result: Result<AuthState, DuoFailure>): Step {
  return result.ok ? settleState(context, result.value) : settleFailure(context, result.error);
}

// SECURITY: only `result` grants.
function settleState(context: LoginContext, state: AuthState): Step {
  const { conversation, devices, texts, subject } = context;
  if (state.result === "allow") {
    texts.giveBack(subject.username);
    if (state.trustedDeviceToken !== undefined) devices.keep(deviceHolder(context), state.trustedDeviceToken);
    if (state.message !== "") conversation.info(state.message);
    return ended(allowApproved());
  }
  devices.forget(deviceHolder(context));
  switch (state.status) {
    case "fraud":
      conversation.error(WORDS.fraud);
      return ended(deny("fraud-reported"));
    case "locked_out":
      conversation.error(orElse(state.message, WORDS.lockedOut));
      return ended(deny("locked-out"));
    default:
      return {
        kind: "again",
        notice: state.result === "waiting" ? WORDS.noAnswer : orElse(state.message, WORDS.failed),
      };
  }
}

/** What a call that failed means, by policy/outcome.ts. */
export function settleFailure(context: LoginContext, failure: DuoFailure): Step {
  const { policy, record, scope, conversation } = context;
  if (failure.code === "cancelled") {
    return ended(scope.stopReason === "helper-gone" ? aborted("helper-gone") : deny("out-of-time"));
  }
  record.failure = failure;
  if (mayChooseAgain(failure)) return { kind: "again", notice: WORDS.factorNotUsable };
  const verdict = outcomeOf(failure, record.factorWanted ? "after-factor" : "before-factor", policy.failmode);
  if (verdict.kind === "unavailable") conversation.error(WORDS.unavailable);
  if (verdict.kind === "misconfigured") conversation.error(WORDS.misconfigured);
  if (verdict.kind === "deny")
    conversation.error(verdict.reason === "local-trouble" ? WORDS.localTrouble : WORDS.failed);
  return ended(verdict);
}
