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
  /** Who the log says it was: a peer without rights is not called by a name that only it has said. */
  readonly user: string;
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
  readonly ownUid: number;
  readonly rules: LoginDoorRules;
}

export interface EntranceQuestion extends Entry {
  readonly start: Start;
  /** There is a place for one more login. */
  readonly admitted: boolean;
  readonly directory: Directory;
}

/** The user whose login it is, or why there will be none. */
export async function entrant(question: EntranceQuestion): Promise<Result<Entrant, Refusal>> {
  const { start, door, peer, admitted, directory, rules } = question;
  const { user } = start.facts;
  const believed = isBelieved(question);
  const known = believed ? user : `uid ${peer.uid}`;
  if (start.version !== PROTOCOL_VERSION) {
    const verdict = { kind: "misconfigured", reason: "protocol-version" } as const;
    const words = "This program and the duogate daemon do not fit together. Contact your administrator.";
    return refuse(known, verdict, words);
  }
  if (door === "pam" && !believed) return refuse(known, deny("peer-not-allowed"), "Only root may ask this socket.");
  if (!admitted) return refuse(known, deny("too-many-logins"), "Too many logins are under way. Try again in a minute.");
  if (believed) return ok({ user, duoUser: undefined });
  const own = await directory.lookupUid(peer.uid);
  if (!own.ok) return refuse(known, deny("unknown-user"), "Your user account could not be looked up.");
  const { name } = own.value;
  const named = await directory.lookupUser(user);
  if (!named.ok) return refuse(name, deny("unknown-user"), "The account to log in to could not be looked up.");
  // SECURITY: the helper applies the answer to the account that it named, and the answer is about the peer. By number:
  // two names of one uid are one account, and one name can stand for two uids, of which its user gets the one found here.
  if (named.value.uid !== peer.uid) return refuse(name, deny("not-own-account"), NOT_OWN_ACCOUNT);
  return mapped(name, start.facts.duoUser, rules);
}

const NOT_OWN_ACCOUNT =
  "This program may ask duogate about the account that it runs as, and about no other. Contact your administrator.";

/** May name any user: root, and the daemon's own uid, which could take the keys. */
function isBelieved({ door, peer, ownUid }: Entry): boolean {
  return door === "pam" && (peer.uid === 0 || peer.uid === ownUid);
}

/**
 * SECURITY: whoever is logged in as `user` runs the helper and can say any name, so that only the configuration permits
 * one. root is no exception.
 */
function mapped(user: string, duoUser: string | undefined, { users }: LoginDoorRules): Result<Entrant, Refusal> {
  if (duoUser === undefined || duoUser === user) return ok({ user, duoUser: undefined });
  if (users.some(({ local, duo }) => local === user && duo === duoUser)) return ok({ user, duoUser });
  return refuse(
    user,
    deny("mapping-not-allowed"),
    "This account may not log in under that Duo user name. Contact your administrator.",
  );
}

/**
 * The facts of the login of `user`, who may be another than START says. SECURITY: on login.sock the caller is the kernel's
 * peer, and START's own claims about it do not count; nor does the address that a peer gives who may not ask.
 */
export function factsOf(
  { facts, interactive, showsMessages, unattended, again }: Start,
  entry: Entry,
  user: string,
): LoginFacts {
  const { user: claimedUser, service, rhost, tty, ruser, command, caller, budget } = facts;
  const believed = isBelieved(entry);
  const { door, peer, rules } = entry;
  return {
    user,
    claimedUser: claimedUser === user ? undefined : claimedUser,
    service,
    rhost,
    rhostTrusted: believed || (door === "login" && rules.trustAddress),
    tty,
    ruser,
    command,
    callerUid: believed ? caller : peer.uid,
    interactive,
    showsMessages,
    unattended,
    again,
    budgetMs: budget,
  };
}

/** What the user would answer at the first prompt, where it was given and is accepted. */
export function givenFactorOf({ facts }: Start, { door, rules }: Entry): Secret | undefined {
  if (door !== "login" || !rules.acceptFactor || facts.factor === undefined) return undefined;
  return new Secret(facts.factor);
}

function refuse(user: string, verdict: Verdict, words: string): Result<never, Refusal> {
  return err({ user, verdict, words: displayText(words) });
}
