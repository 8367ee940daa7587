// The message and level of the line about a decision. COMPAT(duo_unix): where Duo Unix has words for the outcome, these
// are its words, so that rules written for its log go on matching. Used by audit.ts.

import { displayLine } from "../core/display-text.ts";
import type { LoginNote } from "../core/note.ts";
import type { Reason, Verdict } from "../core/verdict.ts";
import type { LogLevel } from "./logger.ts";

export interface Words {
  readonly level: LogLevel;
  readonly message: string;
}

const SUCCESSFUL: Words = { level: "info", message: "Successful Duo login" };
const SKIPPED: Words = { level: "warn", message: "Skipped Duo login" };
const FAILED: Words = { level: "warn", message: "Failed Duo login" };
const ABORTED: Words = { level: "warn", message: "Aborted Duo login" };
const FAILSAFE: Words = { level: "warn", message: "Failsafe Duo login" };
const FAILSECURE: Words = { level: "warn", message: "Failsecure Duo login" };
const ERROR: Words = { level: "error", message: "Error in Duo login" };

// Complete by its type: a new reason does not compile without words.
const WORDS: Readonly<Record<Exclude<Reason, "outside-groups">, Words>> = {
  "duo-approved": SUCCESSFUL,
  "duo-bypass": SKIPPED,
  "failmode-safe": FAILSAFE,
  "failmode-secure": FAILSECURE,
  "duo-denied": ABORTED,
  "factor-failed": FAILED,
  "prompts-used-up": FAILED,
  "cancelled-after-refusal": FAILED,
  "unknown-user": FAILED,
  "bad-user-name": FAILED,
  "peer-not-allowed": FAILED,
  "mapping-not-allowed": FAILED,
  "not-own-account": FAILED,
  "too-many-logins": FAILED,
  "push-pending": FAILED,
  "out-of-time": FAILED,
  "fraud-reported": FAILED,
  "not-enrolled": ABORTED,
  "locked-out": FAILED,
  "duo-refused": ABORTED,
  "no-conversation": ABORTED,
  "no-usable-factor": ABORTED,
  "user-cancelled": ABORTED,
  "answer-timeout": ABORTED,
  "helper-gone": ABORTED,
  "shutting-down": ABORTED,
  "protocol-violation": ERROR,
  "duo-nonsense": ERROR,
  "local-trouble": ERROR,
  "outage-after-factor": ERROR,
  "duo-keys": ERROR,
  "duo-clock": ERROR,
  "duo-proxy": ERROR,
  identity: ERROR,
  "protocol-version": ERROR,
  defect: ERROR,
};

const NOTES: Readonly<Record<LoginNote["kind"], Words | undefined>> = {
  "gecos-name": { level: "info", message: "Presenting GECOS-derived Duo username" },
  "gecos-empty": { level: "warn", message: "Empty GECOS field" },
  "gecos-piece-missing": { level: "debug", message: "Could not parse GECOS field" },
  "groups-unknown": { level: "error", message: "Couldn't get groups: the second factor is required" },
  "address-replaced": { level: "warn", message: "fallback_local_ip is replacing the remote client address" },
  "address-left-out": { level: "info", message: "The remote client address is no IP address: Duo is told none" },
  "attempt-failed": undefined,
};

/** The same for a note beside a decision. Single attempts have no line: the decision counts them. */
export function noteWords(note: LoginNote): Words | undefined {
  return NOTES[note.kind];
}

/** `user` is the name that Duo knows; it is made safe for a message. */
export function decisionWords(verdict: Verdict, user: string): Words {
  if (verdict.reason === "outside-groups") {
    return { level: "info", message: `User ${displayLine(user, 64)} bypassed Duo 2FA due to user's UNIX group` };
  }
  return WORDS[verdict.reason];
}
