// Who may ask for what: from a START and the kernel's word about its sender to the user the login is for, or to a
// refusal. docs/PROTOCOL.md section 4.

import { type DisplayText, displayText } from "../core/display-text.ts";
import type { LoginFacts } from "../core/facts.ts";
import { err, ok, type Result } from "../core/result.ts";
import { deny, type Verdict } from "../core/verdict.ts";
import type { Directory } from "../login/ports.ts";
import { PROTOCOL_VERSION } from "../wire/limits.ts";
import type { Start } from "../wire/messages.ts";
import type { Door } from "./admission.ts";
import type { Peer } from "./ports.ts";

export interface Refusal {
  readonly verdict: Verdict;
  readonly words: DisplayText;
}

export interface EntranceQuestion {
  readonly start: Start;
  readonly door: Door;
  readonly peer: Peer;
  readonly ownUid: number;
  /** There is a place for one more login. */
  readonly admitted: boolean;
  readonly directory: Directory;
}

/** The user whose login it is, or why there will be none. */
export async function entrant(question: EntranceQuestion): Promise<Result<string, Refusal>> {
  const { start, door, peer, ownUid, admitted, directory } = question;
  if (start.version !== PROTOCOL_VERSION) {
    const verdict = { kind: "misconfigured", reason: "protocol-version" } as const;
    return refuse(verdict, "This program and the duogate daemon do not fit together. Contact your administrator.");
  }
  if (door === "pam" && peer.uid !== 0 && peer.uid !== ownUid) {
    return refuse(deny("peer-not-allowed"), "Only root may ask this socket.");
  }
  if (!admitted) return refuse(deny("too-many-logins"), "Too many logins are under way. Try again in a minute.");
  if (door === "pam") return ok(start.facts.user);
  const own = await directory.lookupUid(peer.uid);
  if (own.ok) return ok(own.value.name);
  return refuse(deny("unknown-user"), "Your user account could not be looked up.");
}

/** SECURITY: on login.sock the caller is the kernel's peer, and START's own claims about it do not count. */
export function factsOf({ facts, interactive, showsMessages }: Start, peer: Peer, door: Door): LoginFacts {
  const { caller, budget, ...said } = facts;
  return { ...said, interactive, showsMessages, budgetMs: budget, callerUid: door === "login" ? peer.uid : caller };
}

function refuse(verdict: Verdict, words: string): Result<never, Refusal> {
  return err({ verdict, words: displayText(words) });
}
