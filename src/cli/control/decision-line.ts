// One decision as a line for a person, and as a line of JSON for a script: both safe for a terminal, whatever name a user chose or
// a daemon sent. Used by the commands status and logins.

import { displayLine } from "../../core/display-text.ts";
import type { DecisionSummary } from "../../gateway/decision-stats.ts";
import { isNumber, isText, optional, shape } from "./answer-shape.ts";

const GREEN = "\u001b[32m";
const RED = "\u001b[31m";
const YELLOW = "\u001b[33m";
const PLAIN = "\u001b[0m";

export function decisionLine(decision: DecisionSummary, colour: boolean): string {
  const { at, user, duoUser, service, rhost, verdict, reason, factor, failure, durationMs } = decision;
  const from = rhost === undefined || rhost === "" ? "" : ` from ${rhost}`;
  const who = duoUser === undefined ? user : `${user} (at Duo: ${duoUser})`;
  const how = [factor, failure, seconds(durationMs)].filter((one) => one !== undefined).join(", ");
  const text = displayLine(`${reason.padEnd(16)} ${who} ${service}${from}; ${how}`, 1024);
  const word = displayLine(verdict, 32).padEnd(13);
  return `${localTime(at)}  ${colour ? `${colourOf(verdict, reason)}${word}${PLAIN}` : word} ${text}`;
}

/** JSON leaves C1 controls and bidi characters in strings as they are: escaped they mean the same and do nothing. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => escaped(character.charCodeAt(at))).join(""),
  );
}

const decision = shape({
  at: isText,
  transaction: isText,
  user: isText,
  duoUser: optional(isText),
  service: isText,
  rhost: optional(isText),
  verdict: isText,
  reason: isText,
  factor: optional(isText),
  failure: optional(isText),
  durationMs: isNumber,
});

/** What came over the control socket, if it has the shape of a decision. */
export function asDecision(value: unknown): DecisionSummary | undefined {
  return decision(value) ? (value as DecisionSummary) : undefined;
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}

/** An allow without Duo's word is worth a look. */
function colourOf(verdict: string, reason: string): string {
  if (verdict !== "allow") return RED;
  return reason === "duo-approved" ? GREEN : YELLOW;
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** In the reader's time zone, to the second. */
function localTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "(no time)".padEnd(19);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}
