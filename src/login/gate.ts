// Before Duo: whose second factor it is, and whether this user must pass one. A look-up that fails never skips the
// factor; it makes it required, or ends the login where not even the name is known.

import { displayLine } from "../core/display-text.ts";
import type { LoginNote } from "../core/note.ts";
import { allowOutsideGroups, deny, type Verdict } from "../core/verdict.ts";
import { duoName, wantsGecos } from "../policy/duo-name.ts";
import { groupsToConfirm, mustPass } from "../policy/groups.ts";
import { isUsableName, subjectRule } from "../policy/subject.ts";
import type { LoginRequest } from "./context.ts";
import type { User } from "./ports.ts";
import { WORDS } from "./words.ts";

const NO_SUCH_USER: ReadonlySet<string> = new Set(["not-found", "invalid-name"]);

export type Gate = { readonly notes: readonly LoginNote[] } & (
  | { readonly kind: "ask"; readonly username: string }
  | { readonly kind: "ended"; readonly verdict: Verdict; readonly username: string | undefined }
);

export async function passGate(request: LoginRequest): Promise<Gate> {
  const { facts, policy, duoUser } = request;
  if (!isUsableName(facts.user)) return badName(request);
  const subject = await findSubject(request);
  if (subject.kind === "ended") return subject;
  // COMPAT(duo_unix): a name that came with the login is Duo's own, and GECOS has no say.
  const { name, note } =
    duoUser === undefined
      ? duoName(subject.login, subject.user?.gecos, policy.identity)
      : { name: duoUser, note: undefined };
  if (!isUsableName(name)) return badName(request);
  const named = note === undefined ? [] : [note];
  const groups = await judgeGroups(request, subject);
  const notes = groups.note === undefined ? named : [...named, groups.note];
  return groups.outside ? ended(allowOutsideGroups(), name, notes) : { kind: "ask", username: name, notes };
}

type Ended = Extract<Gate, { kind: "ended" }>;

interface Subject {
  readonly kind: "subject";
  /** The login name. */
  readonly login: string;
  /** Where it was looked up. */
  readonly user: User | undefined;
}

async function findSubject(request: LoginRequest): Promise<Subject | Ended> {
  const { facts, directory, policy, duoUser } = request;
  const rule = subjectRule(facts.service, policy.identity.subject);
  if (rule === "caller") return await findCaller(request);
  const identityNeedsEntry = rule === "caller-if-root" || (duoUser === undefined && wantsGecos(policy.identity));
  const unknown: Subject = { kind: "subject", login: facts.user, user: undefined };
  if (!identityNeedsEntry && policy.groups.length === 0) return unknown;
  const target = await directory.lookupUser(facts.user);
  if (!target.ok && NO_SUCH_USER.has(target.error.code)) return ended(deny("unknown-user"), facts.user);
  // su needs the target's uid to know whom to ask, GECOS has the name: guessing could ask the wrong person.
  if (!target.ok) return identityNeedsEntry ? identityLost(request) : unknown;
  if (rule === "caller-if-root" && target.value.uid === 0) return await findCaller(request);
  return { ...unknown, user: target.value };
}

async function findCaller(request: LoginRequest): Promise<Subject | Ended> {
  const caller = await request.directory.lookupUid(request.facts.callerUid);
  if (!caller.ok || !isUsableName(caller.value.name)) return identityLost(request);
  return { kind: "subject", login: caller.value.name, user: caller.value };
}

interface GroupJudgement {
  readonly outside: boolean;
  readonly note: LoginNote | undefined;
}

/** SECURITY: outside only when the complete group list is known for sure and none of it matches. */
async function judgeGroups({ directory, policy }: LoginRequest, { user }: Subject): Promise<GroupJudgement> {
  if (policy.groups.length === 0) return { outside: false, note: undefined };
  if (user === undefined) return unknownGroups("the user could not be looked up");
  const found = await directory.lookupGroups(user.name, user.gid);
  if (!found.ok) return unknownGroups(`the groups could not be looked up: ${found.error.code}`);
  const groups = found.value.map(({ name }) => name);
  if (mustPass(policy.groups, groups)) return { outside: false, note: undefined };
  for (const name of groupsToConfirm(policy.groups, groups)) {
    const group = await directory.lookupGroup(name);
    if (!group.ok) return unknownGroups(`the group ${name} could not be found: ${group.error.code}`);
  }
  return { outside: true, note: undefined };
}

function unknownGroups(detail: string): GroupJudgement {
  return { outside: false, note: { kind: "groups-unknown", detail } };
}

function identityLost({ conversation }: LoginRequest): Ended {
  conversation.error(WORDS.misconfigured);
  return ended({ kind: "misconfigured", reason: "identity" }, undefined);
}

function badName({ conversation }: LoginRequest): Ended {
  conversation.error(WORDS.badName);
  return ended(deny("bad-user-name"), undefined);
}

function ended(verdict: Verdict, username: string | undefined, notes: readonly LoginNote[] = []): Ended {
  return { kind: "ended", verdict, username: username === undefined ? undefined : displayLine(username), notes };
}
