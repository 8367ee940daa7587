// What a stack would be worth with the module's line in it, before it is written: every way through it is looked at by the rules
// of libpam (host/pam), and what would not hold is refused. Pure.

import { err, ok, type Result } from "../../core/result.ts";
import type { PamModuleEntry, PamService } from "../../host/pam/entry.ts";
import { moduleName } from "../../host/pam/modules.ts";
import { type Judged, judgeStack } from "../../host/pam/verdicts.ts";

export const isDuogate = (entry: PamModuleEntry): boolean => moduleName(entry) === "pam_duogate";

/** Whoever is root may become anybody as before: su's own rule. */
const EXEMPT: ReadonlySet<string> = new Set(["pam_rootok"]);

/** What the administrator should know of a stack that holds; err: why it does not. */
export function prove(
  service: PamService,
  missing: (entry: PamModuleEntry) => boolean,
): Result<readonly string[], readonly string[]> {
  if (service.unusable) return err(["libpam could not use the file at all"]);
  const judged = judgeStack(service.stacks.auth.entries, isDuogate, missing);
  switch (judged.kind) {
    case "none":
      return err(["the module's line would not be part of the auth stack"]);
    case "too-complex":
      return err(["the stack has too many ways through it to be sure of any"]);
    default:
      return verdictOf(judged, missing);
  }
}

type Verdict = Extract<Judged, { kind: "judged" }>;

function verdictOf(
  judged: Verdict,
  missing: (entry: PamModuleEntry) => boolean,
): Result<readonly string[], readonly string[]> {
  const { lines, asked, overruled, passed, alone, hasFactor, beforeFactor, afterFailure, wayIn } = judged;
  const exempt = passed.filter(({ passedBy }) => EXEMPT.has(moduleName(passedBy)));
  const bypasses = passed.filter(({ passedBy }) => !EXEMPT.has(moduleName(passedBy)));
  const faults = [
    ...lines.filter(missing).map(() => "pam_duogate.so is not installed where this machine's libpam looks for it"),
    ...(asked ? [] : ["the module would never be asked"]),
    ...(overruled.size === 0 ? [] : ["a denial by Duo could be overruled by another line"]),
    ...bypasses.map(({ passedBy }) => `${placeOf(passedBy)} lets users in past the module: ${passedBy.text}`),
    ...(alone === undefined || !hasFactor ? [] : ["Duo alone would let a user in whose password is wrong"]),
    ...(hasFactor ? [] : ["no line asks for a first factor: Duo alone would let a user in"]),
    ...(beforeFactor === undefined ? [] : ["the module would be asked before the password"]),
    ...(wayIn === undefined ? ["nobody would get in"] : []),
  ];
  if (faults.length > 0) return err(faults);
  return ok([
    ...exempt.map(({ passedBy }) => `root is not asked, as before: ${placeOf(passedBy)}`),
    ...(afterFailure === undefined
      ? []
      : ["a wrong password does not end this stack, so that it rings the phone of the user all the same"]),
  ]);
}

export function placeOf({ place: { file, line } }: Pick<PamModuleEntry, "place">): string {
  return `${file}:${line}`;
}
