// One login from facts to verdict: the gate, then attempts until one of them ends it or the prompts are used up.
// Expected failures are values here; what is thrown is a defect, and the caller denies.

import type { DisplayText } from "../core/display-text.ts";
import type { Verdict } from "../core/verdict.ts";
import { clientAddress } from "../policy/client-address.ts";
import { runAttempt } from "./attempt.ts";
import type { LoginContext, LoginRequest } from "./context.ts";
import { passGate } from "./gate.ts";
import { emptyRecord, type LoginOutcome } from "./record.ts";
import { WORDS } from "./words.ts";

export async function login(request: LoginRequest): Promise<LoginOutcome> {
  const { facts, duoUser } = request;
  const record = emptyRecord();
  const gate = await passGate(request);
  record.duoUser = duoUser ?? gate.username;
  if (gate.kind === "ended") return { verdict: gate.verdict, record };
  const subject = {
    username: duoUser ?? gate.username,
    // SECURITY: Duo's network policies can waive the factor for an address, so that one which the user could have chosen
    // is not sent.
    ipaddr: facts.rhostTrusted ? clientAddress(facts.rhost) : undefined,
    hostname: request.policy.hostname,
  };
  return { verdict: await attempts({ ...request, subject, record }), record };
}

async function attempts(context: LoginContext): Promise<Verdict> {
  const { facts, policy, record, conversation } = context;
  let notice: DisplayText | undefined;
  while (record.attempts < policy.prompts) {
    record.attempts += 1;
    const step = await runAttempt(context, notice);
    if (step.kind === "ended") return step.verdict;
    notice = step.notice;
    if (!facts.interactive) {
      // Nobody is there to choose again, and nothing is ever pushed again by itself: sshd must not start over either.
      conversation.error(notice);
      return { kind: "max-tries", reason: "factor-failed" };
    }
  }
  if (notice !== undefined) conversation.error(notice);
  conversation.error(WORDS.maxTries);
  return { kind: "max-tries", reason: "prompts-used-up" };
}
