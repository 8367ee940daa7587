// Who may ask for what: from a START and the kernel's word about its sender to the user the login is for, or to a
// refusal. docs/PROTOCOL.md section 4.

import { type DisplayText, displayText } from "../core/display-text.ts";
import type { LoginFacts } from "../core/facts.ts";
import { err, ok, type Result } from "../core/result.ts";
import { Secret } from "../core/secret.ts";
import { deny, type Verdict } from "../core/verdict.ts";
import type { Directory } from "../login/ports.ts";
import { PROTOCOL_VERSION } from "../wire/limits.ts";
import type { Start } from "../wire/messages.ts";
import type { Door } from "./admission.ts";
import type { LoginDoorRules, Peer } from "./ports.ts";

export interface Refusal {
  readonly verdict: Verdict;
  readonly words: DisplayText;
}

export interface Entrant {
  /** The local user. */
  readonly user: string;
  /** The name to ask Duo for, where it is not the user's. */
  readonly duoUser: string | undefined;
}

/** Which way a helper came in, and what is believed there. */
export interface Entry {
  readonly door: Door;
  readonly peer: Peer;
  readonly rules: LoginDoorRules;
}

export interface EntranceQuestion extends Entry {
  readonly start: Start;
  readonly ownUid: number;
  /** There is a place for one more login. */
  readonly admitted: boolean;
  readonly directory: Directory;
}

/** The user whose login it is, or why there will be none. */
export async function entrant(question: EntranceQuestion): Promise<Result<Entrant, Refusal>> {
  const { start, door, peer, ownUid, admitted, directory, rules } = question;
  if (start.version !== PROTOCOL_VERSION) {
    const verdict = { kind: "misconfigured", reason: "protocol-version" } as const;
    return refuse(verdict, "This program and the duogate daemon do not fit together. Contact your administrator.");
  }
  if (door === "pam" && peer.uid !== 0 && peer.uid !== ownUid) {
    return refuse(deny("peer-not-allowed"), "Only root may ask this socket.");
  }
  if (!admitted) return refuse(deny("too-many-logins"), "Too many logins are under way. Try again in a minute.");
  if (door === "pam") return ok({ user: start.facts.user, duoUser: undefined });
  const own = await directory.lookupUid(peer.uid);
  if (!own.ok) return refuse(deny("unknown-user"), "Your user account could not be looked up.");
  return mapped(own.value.name, start.facts.duoUser, rules);
}

/**
 * SECURITY: whoever is logged in as `user` runs the helper and can say any name, so that only the configuration permits
 * one. root is no exception.
 */
function mapped(user: string, duoUser: string | undefined, { users }: LoginDoorRules): Result<Entrant, Refusal> {
  if (duoUser === undefined || duoUser === user) return ok({ user, duoUser: undefined });
  if (users.some(({ local, duo }) => local === user && duo === duoUser)) return ok({ user, duoUser });
  return refuse(
    deny("mapping-not-allowed"),
    "This account may not log in under that Duo user name. Contact your administrator.",
  );
}

/** SECURITY: on login.sock the caller is the kernel's peer, and START's own claims about it do not count. */
export function factsOf({ facts, interactive, showsMessages }: Start, { peer, door, rules }: Entry): LoginFacts {
  const { user, service, rhost, tty, ruser, command, caller, budget } = facts;
  const login = door === "login";
  return {
    user,
    service,
    rhost,
    rhostTrusted: !login || rules.trustAddress,
    tty,
    ruser,
    command,
    callerUid: login ? peer.uid : caller,
    interactive,
    showsMessages,
    budgetMs: budget,
  };
}

/** What the user would answer at the first prompt, where it was given and is accepted. */
export function givenFactorOf({ facts }: Start, { door, rules }: Entry): Secret | undefined {
  if (door !== "login" || !rules.acceptFactor || facts.factor === undefined) return undefined;
  return new Secret(facts.factor);
}

function refuse(verdict: Verdict, words: string): Result<never, Refusal> {
  return err({ verdict, words: displayText(words) });
}
