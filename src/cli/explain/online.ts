// `duogate explain --online`: asks Duo what it would ask of the user. preauth alone: it sends nothing to anybody. What follows
// from the answer is worked out by the login's own functions.

import type { DuoSettings } from "../../config/config.ts";
import { OPTIONS } from "../../config/options.ts";
import type { OriginOf } from "../../config/origins.ts";
import { systemClock } from "../../core/clock.ts";
import { displayLine } from "../../core/display-text.ts";
import type { LoginFacts } from "../../core/facts.ts";
import { type DuoFailure, failureClass } from "../../core/failure.ts";
import type { Result } from "../../core/result.ts";
import type { DuoSubject, Preauth } from "../../duo/api.ts";
import { createDuoService, NO_DUO_EVENTS } from "../../duo/service.ts";
import { decisionOf } from "../../login/attempt.ts";
import type { LoginPolicy } from "../../login/context.ts";
import { type AuthPreauth, firstMove } from "../../login/factor.ts";
import { outcomeOf } from "../../policy/outcome.ts";
import { describeFailure } from "../api/verdict.ts";
import { endingOf, type Outcome, type Step } from "./explanation.ts";
import { cited } from "./steps.ts";

export interface Online {
  readonly steps: readonly Step[];
  readonly outcome: Outcome;
  /** The exit code where Duo was asked and gave no answer to go by: as `duogate api` has it. */
  readonly failed: number | undefined;
}

/** One preauth with the service's own keys, over a connection of its own. */
export async function askPreauth(
  settings: DuoSettings,
  subject: DuoSubject,
  userAgent: string,
): Promise<Result<Preauth, DuoFailure>> {
  const duo = createDuoService({ ...settings, keepWarmMs: 0, userAgent }, systemClock, NO_DUO_EVENTS);
  try {
    return await duo.api.preauth(subject, new AbortController().signal);
  } finally {
    await duo.close();
  }
}

export interface OnlineQuestion {
  readonly facts: LoginFacts;
  readonly policy: LoginPolicy;
  readonly username: string;
  readonly originOf: OriginOf;
}

/** What a login would make of Duo's answer. Pure. */
export function afterPreauth(question: OnlineQuestion, answer: Result<Preauth, DuoFailure>): Online {
  if (!answer.ok) return afterFailure(question, answer.error);
  const { value } = answer;
  if (value.kind === "auth") return afterAuth(question, value);
  const { verdict, words } = decisionOf(value);
  const said = value.message === "" ? "" : ` ("${displayLine(value.message)}")`;
  const shown =
    words.length === 0 ? "" : `; the user reads: ${words.map((line) => displayLine(line, 512)).join(" / ")}`;
  const text = `Duo says ${value.kind}${said}${shown}`;
  return {
    steps: [{ rule: "preauth", text, from: [] }],
    outcome: { kind: "ended", ...endingOf(verdict) },
    failed: undefined,
  };
}

function afterFailure({ policy, originOf }: OnlineQuestion, failure: DuoFailure): Online {
  const verdict = outcomeOf(failure, "before-factor", policy.failmode);
  const outage = failureClass(failure.code) === "outage";
  const why = outage ? "an outage, so failmode decides" : "no outage, so failmode has no say";
  const text = `Duo gave no answer to go by: ${failure.code} (${displayLine(failure.detail, 512)}); ${why}`;
  const from = outage ? cited(originOf, OPTIONS.failmode) : [];
  return {
    steps: [{ rule: "preauth", text, from }],
    outcome: { kind: "ended", ...endingOf(verdict) },
    failed: describeFailure(failure).code,
  };
}

function afterAuth(question: OnlineQuestion, preauth: AuthPreauth): Online {
  const { policy, username, originOf } = question;
  const labels = preauth.menu.options.map(({ label }) => displayLine(label)).join("; ");
  const menu = labels === "" ? "with passcodes only" : `by: ${labels}`;
  const said: Step = { rule: "preauth", text: `Duo wants a factor, ${menu}`, from: [] };
  const move = firstMove(question, preauth);
  const from = cited(originOf, OPTIONS.autopush, OPTIONS.prompts);
  const steps = (text: string): readonly Step[] => [said, { rule: "factor", text, from }];
  const outcome: Outcome = { kind: "factor-wanted", username };
  switch (move.kind) {
    case "refuse": {
      const ended: Outcome = { kind: "ended", ...endingOf({ kind: "deny", reason: move.reason }) };
      return { steps: steps(`refused: ${move.words}`), outcome: ended, failed: undefined };
    }
    case "send": {
      const code = move.option.kind === "push" && preauth.verifiedPush !== undefined;
      const how = code ? "asks for Enter before, and shows the code for the phone" : "asks nothing before";
      const text = `sends ${move.option.name} at once; ${how}; ${attempts(policy)}`;
      return { steps: steps(text), outcome, failed: undefined };
    }
    default:
      return { steps: steps(`shows the menu and waits; ${attempts(policy)}`), outcome, failed: undefined };
  }
}

function attempts({ prompts }: LoginPolicy): string {
  return prompts === 1 ? "one attempt" : `up to ${prompts} attempts`;
}
