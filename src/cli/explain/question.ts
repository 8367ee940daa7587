// What `duogate explain` is asked, as the login that it stands for: the START that a helper would send for it, judged by the
// gateway's own rules for the two sockets. It looks up the user, and decides nothing.

import type { LoginFacts } from "../../core/facts.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Verdict } from "../../core/verdict.ts";
import { entrant, factsOf } from "../../gateway/entrance.ts";
import type { LoginDoorRules } from "../../gateway/ports.ts";
import type { Directory } from "../../login/ports.ts";
import { PROTOCOL_VERSION } from "../../wire/limits.ts";
import type { Start } from "../../wire/messages.ts";

export interface Asked {
  readonly user: string;
  readonly service: string;
  readonly from: string | undefined;
  /** Who types su or sudo. */
  readonly caller: string | undefined;
  /** login_duogate -f. */
  readonly duoUser: string | undefined;
  readonly interactive: boolean;
}

/** A login that passed the entrance, or the verdict that it got there. */
export type Arrival =
  | { readonly kind: "arrived"; readonly facts: LoginFacts; readonly duoUser: string | undefined }
  | { readonly kind: "refused"; readonly verdict: Verdict; readonly words: string };

/** The service name that login_duogate says; its logins come through login.sock. */
export const LOGIN_HELPER = "login_duogate";
/** The module's own total (timeout=). */
const BUDGET_MS = 115_000;
const NONCE = Buffer.alloc(16);
const SERVICE = /^[a-z0-9_][a-z0-9._+@-]{0,63}$/;

/** `alice@sshd`; a user's name may have an @ of its own, a service's name is what follows the last one. */
export function readTarget(target: string): Result<{ readonly user: string; readonly service: string }, string> {
  const at = target.lastIndexOf("@");
  const [user, service] = [target.slice(0, Math.max(0, at)), target.slice(at + 1)];
  if (at >= 1 && SERVICE.test(service)) return ok({ user, service });
  return err("write USER@SERVICE, such as alice@sshd; SERVICE is the name of a file in /etc/pam.d, in small letters");
}

/** The login as the daemon would see it. */
export async function arrive(
  asked: Asked,
  rules: LoginDoorRules,
  directory: Directory,
): Promise<Result<Arrival, string>> {
  const { user, service, from, interactive, duoUser } = asked;
  const door = service === LOGIN_HELPER ? "login" : "pam";
  const uid = await callerUid(asked, directory);
  if (!uid.ok) return uid;
  const peer = { pid: 0, uid: door === "login" ? uid.value : 0 };
  const facts = { user, service, rhost: from, caller: uid.value, budget: BUDGET_MS, duoUser };
  const start: Start = {
    kind: "start",
    version: PROTOCOL_VERSION,
    interactive,
    showsMessages: true,
    unattended: false,
    again: false,
    nonce: NONCE,
    facts,
  };
  const entry = { door, peer, ownUid: 0, rules } as const;
  const came = await entrant({ ...entry, start, admitted: true, directory });
  if (!came.ok) return ok({ kind: "refused", verdict: came.error.verdict, words: came.error.words });
  return ok({
    kind: "arrived",
    facts: factsOf(start, entry, came.value.user),
    duoUser: came.value.duoUser,
  });
}

/** sudo and login_duogate are run by the user; sshd and login by root; su by whoever --caller names. */
async function callerUid({ caller, user, service }: Asked, directory: Directory): Promise<Result<number, string>> {
  const runByTheUser = service === LOGIN_HELPER || service === "sudo" || service === "sudo-i";
  const name = caller ?? (runByTheUser ? user : undefined);
  if (name === undefined) return ok(0);
  const found = await directory.lookupUser(name);
  if (found.ok) return ok(found.value.uid);
  // A user who does not exist is the gate's to judge, where only sudo's own name was to be looked up.
  if (caller === undefined && service !== LOGIN_HELPER) return ok(0);
  return err(`the user ${name} could not be looked up (${found.error.code})`);
}
