// One login from facts to verdict: the gate, then attempts until one of them ends it or the prompts are used up.
// Expected failures are values here; what is thrown is a defect, and the caller denies.

import type { DisplayText } from "../core/display-text.ts";
import type { Verdict } from "../core/verdict.ts";
import { addressForDuo } from "./address.ts";
import { runAttempt } from "./attempt.ts";
import type { LoginContext, LoginRequest } from "./context.ts";
import { passGate } from "./gate.ts";
import { emptyRecord, type LoginOutcome } from "./record.ts";
import { forService } from "./split-prompts.ts";
import { UserTime } from "./user-time.ts";
import { WORDS } from "./words.ts";

export async function login(request: LoginRequest): Promise<LoginOutcome> {
  const record = emptyRecord();
  const gate = await passGate(request);
  record.duoUser = gate.username;
  record.notes.push(...gate.notes);
  const ipaddr = await addressForDuo(request, record);
  if (gate.kind === "ended") return { verdict: gate.verdict, record };
  const subject = { username: gate.username, ipaddr, hostname: request.policy.hostname };
  const userTime = new UserTime(request.clock);
  const conversation = userTime.timing(forService(request.conversation, request.facts));
  const verdict = await attempts({ ...request, conversation, subject, record, userTime });
  record.userMs = userTime.ms;
  return { verdict, record };
}

async function attempts(context: LoginContext): Promise<Verdict> {
  const { facts, policy, record, conversation } = context;
  let notice: DisplayText | undefined;
  while (record.attempts < policy.prompts) {
    record.attempts += 1;
    const sentBefore = record.factorsSent;
    const step = await runAttempt(context, notice);
    if (step.kind === "ended") return step.verdict;
    const status = record.factorsSent > sentBefore ? record.duoStatus : undefined;
    record.notes.push({ kind: "attempt-failed", status });
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
