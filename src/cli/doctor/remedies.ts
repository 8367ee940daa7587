// What doctor tells people to do about a stack, in words: the remedy that holds (host/pam/remedy.ts), or that there is none. A line
// that was not tried by libpam's rules is never printed here.

import type { Edit } from "../../host/pam/edits.ts";
import type { PamModuleEntry, PamPlace, PamService } from "../../host/pam/entry.ts";
import { NO_FIRST_FACTORS } from "../../host/pam/modules.ts";
import type { Judging } from "../../host/pam/persons.ts";
import { mayBeRemoved, type Remedy, type RemedyQuestion, remedyFor } from "../../host/pam/remedy.ts";
import type { Finding } from "./finding.ts";
import { isDuogate, moduleArguments } from "./module-arguments.ts";

/** What is known of the machine that the stack belongs to. */
export interface Around {
  readonly judging: Judging;
  /** Every service of the machine. */
  readonly services: readonly PamService[];
}

/** A stack alone, with every module there. */
export const ALONE: Around = {
  judging: { watched: isDuogate, missing: () => false, firstFactors: NO_FIRST_FACTORS },
  services: [],
};

export interface Remedies {
  /** `finding`, which stands at `place`, with what puts the stack in order. */
  fixing(place: PamPlace, finding: Finding): Finding;
  /** The same for a rule that lets users past Duo. */
  withoutRule(rule: PamModuleEntry, finding: Finding): Finding;
}

export const NOTHING_SAFE =
  "no safe one-line change; docs/OPERATIONS.md, PAM lines, has whole files. Keep a root shell open";

export function remediesOf(service: PamService, keyFirst: boolean, { judging, services }: Around): Remedies {
  const others = services.filter(({ name }) => name !== service.name);
  const question: RemedyQuestion = { service, duoLine: duoLineOf(service), judging, keyFirst, others };
  let found: Remedy | undefined;
  return {
    fixing(place, finding) {
      found ??= remedyFor(question);
      return worded(found, place, finding);
    },
    withoutRule(rule, finding) {
      const holds = mayBeRemoved({ kind: "remove", place: rule.place }, question);
      const groups = "write exceptions as groups = in duogate.conf, where they are logged";
      return { ...finding, remedy: holds ? `remove the line, and ${groups}` : `${groups}; ${NOTHING_SAFE}` };
    },
  };
}

function duoLineOf({ stacks }: PamService): string {
  const line = stacks.auth.entries.find(
    (entry): entry is PamModuleEntry => entry.kind === "module" && isDuogate(entry),
  );
  if (line === undefined) return "auth required pam_duogate.so";
  const refused = new Set(moduleArguments(line).refused.map(({ argument }) => argument));
  return ["auth", "required", line.module, ...line.args.filter((one) => !refused.has(one))].join(" ");
}

function worded(remedy: Remedy, place: PamPlace, finding: Finding): Finding {
  switch (remedy.kind) {
    case "edit":
      return { ...finding, remedy: editText(remedy.edit, place) };
    case "rewrite":
      return { ...finding, remedy: `write instead of the auth lines of ${remedy.file}:`, lines: remedy.lines };
    default:
      return { ...finding, remedy: NOTHING_SAFE };
  }
}

function editText(edit: Edit, here: PamPlace): string {
  const same = edit.place.file === here.file && edit.place.line === here.line;
  const where = `${edit.place.file}:${edit.place.line}`;
  switch (edit.kind) {
    case "write":
      return same ? `write: ${edit.text}` : `write at ${where}: ${edit.text}`;
    case "move":
      return `move ${same ? "it" : where} behind line ${edit.behind.line}: ${edit.text}`;
    default:
      return `remove ${where}`;
  }
}
