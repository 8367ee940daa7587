// What would put a stack with Duo's line in order without locking anybody out: one changed line, or the auth part of the service's
// file written anew, whichever holds first by libpam's rules. Nothing that does not hold is ever proposed. Pure.

import { isNoWorse, isSound, keepsLogins } from "./change.ts";
import { type Edit, edited, editsOf, touches } from "./edits.ts";
import type { PamService } from "./entry.ts";
import type { Judging } from "./persons.ts";
import { rewritings } from "./rewrite.ts";

export type Remedy =
  | { readonly kind: "edit"; readonly edit: Edit }
  /** These lines for all auth lines of the service's own file. */
  | { readonly kind: "rewrite"; readonly file: string; readonly lines: readonly string[] }
  | { readonly kind: "none" };

export interface RemedyQuestion {
  readonly service: PamService;
  /** Duo's line as it should be: `auth required pam_duogate.so`, with the arguments that it has. */
  readonly duoLine: string;
  readonly judging: Judging;
  readonly keyFirst: boolean;
  /** Every other service of the machine: one changed line may be theirs too. */
  readonly others: readonly PamService[];
}

export function remedyFor(question: RemedyQuestion): Remedy {
  const { service, duoLine, judging } = question;
  const { entries } = service.stacks.auth;
  for (const edit of editsOf(entries, duoLine, judging)) if (holds(edit, question)) return { kind: "edit", edit };
  return rewriteFor(question);
}

/** The service's own file written anew. For one that does not ask Duo yet as well. */
export function rewriteFor({ service, duoLine, judging, keyFirst, others }: RemedyQuestion): Remedy {
  const { entries } = service.stacks.auth;
  const { file } = service;
  const shared = others.some(
    (other) => other.stacks.auth.entries.some(({ place }) => place.file === file) && !sameStack(other, service),
  );
  if (file === undefined || shared || isPart(file)) return { kind: "none" };
  for (const { lines, entries: after } of rewritings(entries, duoLine, judging)) {
    if (isSound(after, judging, keyFirst) && keepsLogins(entries, after, judging)) {
      return { kind: "rewrite", file, lines };
    }
  }
  return { kind: "none" };
}

/** A rule that lets users past Duo, taken out: true where they still get in, by Duo. */
export function mayBeRemoved(edit: Edit, question: RemedyQuestion): boolean {
  return holds(edit, question);
}

function holds(edit: Edit, { service, judging, keyFirst, others }: RemedyQuestion): boolean {
  const before = service.stacks.auth.entries;
  const after = edited(before, edit);
  if (after === undefined || !isSound(after, judging, keyFirst) || !keepsLogins(before, after, judging)) return false;
  return others.every((other) => {
    const { entries } = other.stacks.auth;
    if (!touches(entries, edit) || sameStack(other, service)) return true;
    const changed = edited(entries, edit);
    return changed !== undefined && isNoWorse(entries, changed, judging);
  });
}

function sameStack(one: PamService, other: PamService): boolean {
  const key = ({ stacks }: PamService) => stacks.auth.entries.map(({ text, level }) => `${level} ${text}`).join("\n");
  return key(one) === key(other);
}

/** Files that tools make, and that every service includes. */
function isPart(file: string): boolean {
  return /\/(?:common-|system-auth|password-auth|system-login|other$)/.test(file);
}
