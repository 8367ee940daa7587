// An explanation for a person, or as one line of JSON for a script. Pure.

import type { Origin } from "../../config/origins.ts";
import { displayLine } from "../../core/display-text.ts";
import { safeJson } from "../control/decision-line.ts";
import type { Explanation, Outcome, Step } from "./explanation.ts";

const LABEL_WIDTH = 10;

export function explanationText({ user, service, asksDuogate, steps, outcome }: Explanation): string {
  const lines = steps.flatMap(stepLines);
  const unasked = asksDuogate ? [] : [`As it is, ${service} does not ask duogate. If it did:`];
  return [`${displayLine(user)} logs in through ${service}:`, ...lines, "", ...unasked, outcomeText(outcome)].join(
    "\n",
  );
}

function stepLines({ rule, text, from }: Step): readonly string[] {
  const indent = " ".repeat(LABEL_WIDTH + 2);
  return [`  ${rule.padEnd(LABEL_WIDTH)}${text}`, ...from.map((origin) => `${indent}[${place(origin)}]`)];
}

function place({ file, line, key }: Origin): string {
  return `${file}:${line}: ${key}`;
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case "ended": {
      const { verdict, reason, pam } = outcome;
      return `${verdict === "allow" ? "Let in without a factor" : "Refused"}: ${verdict}, ${reason} (${pam})`;
    }
    case "duo-decides":
      return `Duo decides about ${displayLine(outcome.username)}. Nothing was asked: --online asks what Duo would want.`;
    default:
      return `Duo wants a factor of ${displayLine(outcome.username)}. Nothing was sent to anybody.`;
  }
}

/** The same facts; keys are documented in `duogate explain --help`. */
export function explanationJson(explanation: Explanation): string {
  return safeJson(explanation);
}
