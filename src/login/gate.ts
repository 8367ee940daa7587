// Before Duo: whose second factor it is, and whether this user must pass one. A look-up that fails never skips the
// factor; it makes it required, or ends the login where not even the name is known. The decision, its words and its reasons
// are one value: a login acts on it, `duogate explain` tells it, and neither has rules of its own.

import { type DisplayText, displayLine } from "../core/display-text.ts";
import type { LoginNote } from "../core/note.ts";
import { allowOutsideGroups, deny, type Verdict } from "../core/verdict.ts";
import { duoName, wantsGecos } from "../policy/duo-name.ts";
import { groupsToConfirm, matchingToken } from "../policy/groups.ts";
import { isUsableName, type SubjectRule, subjectRule } from "../policy/subject.ts";
import type { LoginRequest } from "./context.ts";
import type { User } from "./ports.ts";
import { WORDS } from "./words.ts";

const NO_SUCH_USER: ReadonlySet<string> = new Set(["not-found", "invalid-name"]);

/** What the decision is made from. */
export type GateQuestion = Pick<LoginRequest, "facts" | "policy" | "duoUser" | "directory">;

/** What decided, in the order in which it did. */
export type GateReason =
  | { readonly kind: "bad-name"; readonly name: string; readonly whose: "login" | "duo" }
  | { readonly kind: "subject"; readonly rule: SubjectRule; readonly login: string }
  | { readonly kind: "unknown-user"; readonly user: string }
  /** The one whom Duo would be asked for could not be looked up. */
  | { readonly kind: "identity-lost"; readonly detail: string }
  | { readonly kind: "duo-name"; readonly name: string; readonly from: "the-login" | "the-rules" | "given" }
  | { readonly kind: "everybody" }
  | { readonly kind: "in-groups"; readonly token: string }
  | { readonly kind: "groups-unknown"; readonly detail: string }
  | { readonly kind: "outside-groups"; readonly groups: readonly string[] };

interface GateParts {
  readonly notes: readonly LoginNote[];
  readonly reasons: readonly GateReason[];
}

export type Gate = GateParts &
  (
    | { readonly kind: "ask"; readonly username: string }
    | {
        readonly kind: "ended";
        readonly verdict: Verdict;
        readonly username: string | undefined;
        /** What the user is told. */
        readonly words: DisplayText | undefined;
      }
  );

/** Looks up and judges; it says nothing to the user and asks nothing of Duo. */
export async function decideGate(question: GateQuestion): Promise<Gate> {
  const { facts, policy, duoUser } = question;
  if (!isUsableName(facts.user)) return badName(facts.user, "login", []);
  const subject = await findSubject(question);
  if (subject.kind === "ended") return subject;
  // COMPAT(duo_unix): a name that came with the login is Duo's own, and GECOS has no say.
  const { name, note } =
    duoUser === undefined
      ? duoName(subject.login, subject.user?.gecos, policy.identity)
      : { name: duoUser, note: undefined };
  const who: GateReason = { kind: "subject", rule: subject.rule, login: subject.login };
  if (!isUsableName(name)) return badName(name, "duo", [who]);
  const from = duoUser !== undefined ? "given" : name === subject.login ? "the-login" : "the-rules";
  const groups = await judgeGroups(question, subject);
  const reasons: readonly GateReason[] = [who, { kind: "duo-name", name, from }, groups.reason];
  const unsure = groups.reason.kind === "groups-unknown" ? [groups.reason] : [];
  const notes = note === undefined ? unsure : [note, ...unsure];
  if (groups.outside) return ended(allowOutsideGroups(), name, undefined, { notes, reasons });
  return { kind: "ask", username: name, notes, reasons };
}

/** The gate of a login: decides, and tells the user what there is to tell. */
export async function passGate(request: LoginRequest): Promise<Gate> {
  const gate = await decideGate(request);
  if (gate.kind === "ended" && gate.words !== undefined) request.conversation.error(gate.words);
  return gate;
}

type Ended = Extract<Gate, { kind: "ended" }>;

interface Subject {
  readonly kind: "subject";
  readonly rule: SubjectRule;
  /** The login name. */
  readonly login: string;
  /** Where it was looked up. */
  readonly user: User | undefined;
}

async function findSubject(question: GateQuestion): Promise<Subject | Ended> {
  const { facts, directory, policy, duoUser } = question;
  const rule = subjectRule(facts.service, policy.identity.subject);
  if (rule === "caller") return await findCaller(question, rule);
  const identityNeedsEntry = rule === "caller-if-root" || (duoUser === undefined && wantsGecos(policy.identity));
  const unknown: Subject = { kind: "subject", rule: "user", login: facts.user, user: undefined };
  if (!identityNeedsEntry && policy.groups.length === 0) return unknown;
  const target = await directory.lookupUser(facts.user);
  if (!target.ok && NO_SUCH_USER.has(target.error.code)) {
    const reasons = [{ kind: "unknown-user", user: facts.user }] as const;
    return ended(deny("unknown-user"), facts.user, undefined, { notes: [], reasons });
  }
  // su needs the target's uid to know whom to ask, GECOS has the name: guessing could ask the wrong person.
  if (!target.ok) return identityNeedsEntry ? identityLost(`${facts.user}: ${target.error.code}`) : unknown;
  if (rule === "caller-if-root" && target.value.uid === 0) return await findCaller(question, rule);
  return { ...unknown, user: target.value };
}

async function findCaller({ directory, facts }: GateQuestion, rule: SubjectRule): Promise<Subject | Ended> {
  const caller = await directory.lookupUid(facts.callerUid);
  if (!caller.ok) return identityLost(`uid ${facts.callerUid}: ${caller.error.code}`);
  if (!isUsableName(caller.value.name)) return identityLost(`uid ${facts.callerUid}: a name that cannot be sent`);
  return { kind: "subject", rule, login: caller.value.name, user: caller.value };
}

interface GroupJudgement {
  readonly outside: boolean;
  readonly reason: GateReason;
}

/** SECURITY: outside only when the complete group list is known for sure and none of it matches. */
async function judgeGroups({ directory, policy }: GateQuestion, { user }: Subject): Promise<GroupJudgement> {
  if (policy.groups.length === 0) return { outside: false, reason: { kind: "everybody" } };
  if (user === undefined) return unknownGroups("the user could not be looked up");
  const found = await directory.lookupGroups(user.name, user.gid);
  if (!found.ok) return unknownGroups(`the groups could not be looked up: ${found.error.code}`);
  const groups = found.value.map(({ name }) => name);
  const token = matchingToken(policy.groups, groups);
  if (token !== undefined) return { outside: false, reason: { kind: "in-groups", token } };
  for (const name of groupsToConfirm(policy.groups, groups)) {
    const group = await directory.lookupGroup(name);
    if (!group.ok) return unknownGroups(`the group ${name} could not be found: ${group.error.code}`);
  }
  return { outside: true, reason: { kind: "outside-groups", groups } };
}

function unknownGroups(detail: string): GroupJudgement {
  return { outside: false, reason: { kind: "groups-unknown", detail } };
}

function identityLost(detail: string): Ended {
  const reasons = [{ kind: "identity-lost", detail }] as const;
  const verdict = { kind: "misconfigured", reason: "identity" } as const;
  return ended(verdict, undefined, WORDS.misconfigured, { notes: [], reasons });
}

function badName(name: string, whose: "login" | "duo", before: readonly GateReason[]): Ended {
  const reasons: readonly GateReason[] = [...before, { kind: "bad-name", name: displayLine(name), whose }];
  return ended(deny("bad-user-name"), undefined, WORDS.badName, { notes: [], reasons });
}

function ended(
  verdict: Verdict,
  username: string | undefined,
  words: DisplayText | undefined,
  parts: GateParts,
): Ended {
  return {
    kind: "ended",
    verdict,
    username: username === undefined ? undefined : displayLine(username),
    words,
    ...parts,
  };
}
