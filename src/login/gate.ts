// Before Duo: whose second factor it is, and whether this user must pass one. A look-up that fails never skips the
// factor; it makes it required, or ends the login where not even the name is known.

import { displayLine } from "../core/display-text.ts";
import { allowOutsideGroups, deny, type Verdict } from "../core/verdict.ts";
import { mustPass } from "../policy/groups.ts";
import { isUsableName, subjectRule } from "../policy/subject.ts";
import type { LoginRequest } from "./context.ts";
import type { User } from "./ports.ts";
import { WORDS } from "./words.ts";

const NO_SUCH_USER: ReadonlySet<string> = new Set(["not-found", "invalid-name"]);

export type Gate =
  | { readonly kind: "ask"; readonly username: string }
  | { readonly kind: "ended"; readonly verdict: Verdict; readonly username: string | undefined };

export async function passGate(request: LoginRequest): Promise<Gate> {
  const { facts, conversation } = request;
  if (!isUsableName(facts.user)) {
    conversation.error(WORDS.badName);
    return ended(deny("bad-user-name"), undefined);
  }
  const subject = await findSubject(request);
  if (subject.kind === "ended") return subject;
  if (await isOutsideGroups(request, subject)) return ended(allowOutsideGroups(), subject.username);
  return { kind: "ask", username: subject.username };
}

type Subject = { readonly kind: "subject"; readonly username: string; readonly user: User | undefined };

async function findSubject(request: LoginRequest): Promise<Subject | Extract<Gate, { kind: "ended" }>> {
  const { facts, directory, policy } = request;
  const byCaller = subjectRule(facts) === "caller-if-root";
  if (!byCaller && policy.groups.length === 0) return { kind: "subject", username: facts.user, user: undefined };
  const target = await directory.lookupUser(facts.user);
  if (!target.ok && NO_SUCH_USER.has(target.error.code)) return ended(deny("unknown-user"), facts.user);
  // su needs the target's uid to know whom to ask; guessing could ask the wrong person.
  if (!target.ok && byCaller) return identityLost(request);
  if (!target.ok) return { kind: "subject", username: facts.user, user: undefined };
  if (!byCaller || target.value.uid !== 0) return { kind: "subject", username: facts.user, user: target.value };
  const caller = await directory.lookupUid(facts.callerUid);
  if (!caller.ok || !isUsableName(caller.value.name)) return identityLost(request);
  return { kind: "subject", username: caller.value.name, user: caller.value };
}

/** SECURITY: true only when the complete group list is known and none of it matches. */
async function isOutsideGroups({ directory, policy }: LoginRequest, { user }: Subject): Promise<boolean> {
  if (policy.groups.length === 0 || user === undefined) return false;
  const groups = await directory.lookupGroups(user.name, user.gid);
  if (!groups.ok) return false;
  return !mustPass(
    policy.groups,
    groups.value.map(({ name }) => name),
  );
}

function identityLost({ conversation }: LoginRequest): Extract<Gate, { kind: "ended" }> {
  conversation.error(WORDS.misconfigured);
  return ended({ kind: "misconfigured", reason: "identity" }, undefined);
}

function ended(verdict: Verdict, username: string | undefined): Extract<Gate, { kind: "ended" }> {
  return { kind: "ended", verdict, username: username === undefined ? undefined : displayLine(username) };
}
