// What Duo Unix would have called the end of a login, and the reason that it gives behind the colon, where its failures and ours
// are not cut alike: it knows HTTP statuses and connections. SOURCE: its lines, as the parity suite plays them. Pure.

import type { DuoFailure } from "../core/failure.ts";
import type { Decision } from "./audit.ts";
import { decisionWords, type Words } from "./decision-words.ts";

const ABORTED: Words = { level: "warn", message: "Aborted Duo login" };
const FAILSECURE: Words = { level: "warn", message: "Failsecure Duo login" };

/** COMPAT(duo_unix): Failed is for factors that were refused, so that fail2ban bans nobody whom Duo's policy refuses. */
export function classicWords({ verdict, duoUser, user, failure }: Decision): Words {
  const usual = decisionWords(verdict, duoUser ?? user);
  switch (verdict.reason) {
    case "cancelled-after-refusal":
      return ABORTED;
    case "duo-keys":
    case "duo-clock":
    case "duo-proxy":
    case "duo-nonsense":
      if (failure === undefined) return usual;
      if (isRefusal(failure)) return ABORTED;
      // It lets in at these under failmode = safe; where it refuses, this is its word.
      return failure.stage === "auth" || failure.stage === "auth_status" ? usual : FAILSECURE;
    default:
      return usual;
  }
}

/** What stands behind the colon. */
export function classicError({ verdict, failure, duoStatus }: Decision, host: string): string | undefined {
  switch (verdict.reason) {
    case "user-cancelled":
    case "cancelled-after-refusal":
    case "no-conversation":
      return "Error gathering user response";
    case "not-enrolled":
      return "User enrollment required";
    case "fraud-reported":
    case "locked-out":
      return undefined;
    default:
      return failure === undefined ? duoStatus || verdict.reason : failureText(failure, host);
  }
}

function failureText(failure: DuoFailure, host: string): string {
  const { httpStatus, duoCode, detail, code } = failure;
  if (httpStatus === 401) return "Invalid ikey or skey";
  // A refusal in a good answer has Duo's number and words.
  if (httpStatus !== undefined && isGood(httpStatus)) return duoCode === undefined ? detail : `${duoCode}: ${detail}`;
  if (httpStatus !== undefined) return `HTTP ${httpStatus}`;
  return code === "invalid-response" || code === "cancelled" ? detail : `Couldn't connect to ${host}: ${detail}`;
}

/** A status with which Duo Unix ends a login whatever failmode says: all but 401 and 5xx. */
function isRefusal({ httpStatus }: DuoFailure): boolean {
  return httpStatus !== undefined && !isGood(httpStatus) && httpStatus !== 401 && httpStatus < 500;
}

function isGood(httpStatus: number): boolean {
  return httpStatus >= 200 && httpStatus <= 299;
}
