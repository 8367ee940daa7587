// What one login leaves for the decision log: filled in as the login goes, read once at its end. No secrets.

import type { DuoFailure } from "../core/failure.ts";
import type { LoginNote } from "../core/note.ts";
import type { Verdict } from "../core/verdict.ts";

export interface LoginRecord {
  /** The name that Duo was asked for. */
  duoUser: string | undefined;
  /** The last factor that was sent: push, phone, sms, passcode. */
  factor: string | undefined;
  duoTxid: string | undefined;
  /** Duo's last status word or message. */
  duoStatus: string | undefined;
  /** The last call to Duo that failed, unless a factor was sent after it. */
  failure: DuoFailure | undefined;
  attempts: number;
  /** preauth has asked for a factor: from here on failmode has no say. */
  factorWanted: boolean;
  /** auth requests sent. */
  factorsSent: number;
  pushes: number;
  /** A push or call went out that nobody had chosen in this login (autopush). */
  sentUnasked: boolean;
  /** The client's address as Duo was told it. */
  address: string | undefined;
  /** Milliseconds in which the login waited for its user, not for us or for Duo (user-time.ts). */
  userMs: number;
  /** What the log should have beside the decision, in the order in which it came up. */
  readonly notes: LoginNote[];
}

export interface LoginOutcome {
  readonly verdict: Verdict;
  readonly record: Readonly<LoginRecord>;
}

export function emptyRecord(): LoginRecord {
  return {
    duoUser: undefined,
    factor: undefined,
    duoTxid: undefined,
    duoStatus: undefined,
    failure: undefined,
    attempts: 0,
    factorWanted: false,
    factorsSent: 0,
    pushes: 0,
    sentUnasked: false,
    address: undefined,
    userMs: 0,
    notes: [],
  };
}
