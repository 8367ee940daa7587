// What a stack would be worth with the module's line in it, before it is written: every way through it is looked at by the rules
// of libpam (host/pam), and what would not hold is refused. Pure.

import { err, ok, type Result } from "../../core/result.ts";
import type { PamModuleEntry, PamService } from "../../host/pam/entry.ts";
import { type FirstFactors, moduleName } from "../../host/pam/modules.ts";
import { type Judged, judgeStack } from "../../host/pam/verdicts.ts";

export const isDuogate = (entry: PamModuleEntry): boolean => moduleName(entry) === "pam_duogate";

/** Whoever is root may become anybody as before: su's own rule. */
const EXEMPT: ReadonlySet<string> = new Set(["pam_rootok"]);

/** What the administrator should know of a stack that holds; err: why it does not. */
export function prove(
  service: PamService,
  missing: (entry: PamModuleEntry) => boolean,
  firstFactors: FirstFactors,
): Result<readonly string[], readonly string[]> {
  if (service.unusable) return err(["libpam could not use the file at all"]);
  const judged = judgeStack(service.stacks.auth.entries, isDuogate, missing, firstFactors);
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
  const { lines, asked, overruled, passed, alone, unproved, hasFactor, wayIn } = judged;
  const exempt = passed.filter(({ passedBy }) => EXEMPT.has(moduleName(passedBy)));
  const bypasses = passed.filter(({ passedBy }) => !EXEMPT.has(moduleName(passedBy)));
  const faults = [
    ...lines.filter(missing).map(() => "pam_duogate.so is not installed where this machine's libpam looks for it"),
    ...(asked ? [] : ["the module would never be asked"]),
    ...(overruled.size === 0 ? [] : ["a denial by Duo could be overruled by another line"]),
    ...bypasses.map(({ passedBy }) => `${placeOf(passedBy)} lets users in past the module: ${passedBy.text}`),
    ...(alone === undefined || !hasFactor ? [] : ["Duo alone would let a user in whose password is wrong"]),
    ...(hasFactor || unproved !== undefined ? [] : ["no line asks for a first factor: Duo alone would let a user in"]),
    ...(unproved === undefined
      ? []
      : ["Duo alone would let a user in, if a module of which nothing is known proves nothing"]),
    ...ringFaults(judged),
    ...(wayIn === undefined ? ["nobody would get in"] : []),
  ];
  if (faults.length > 0) return err(faults);
  return ok(exempt.map(({ passedBy }) => `root is not asked, as before: ${placeOf(passedBy)}`));
}

/** SECURITY: a stranger who knows a user's name would ring that user's phone, and read the end of its number in the menu. */
function ringFaults({ afterFailure, beforeFactor }: Verdict): readonly string[] {
  return [
    ...(beforeFactor === undefined
      ? []
      : ["the module would be asked before the password: a stranger would be shown the user's phone, and ring it"]),
    ...(afterFailure === undefined
      ? []
      : ["a wrong password would not end the stack: a stranger would be shown the user's phone, and ring it"]),
  ];
}

/** What the administrator has to say of modules that nobody here knows. */
export function unknownWords(unknown: readonly PamModuleEntry[]): readonly string[] {
  const names = [...new Map(unknown.map((entry) => [moduleName(entry), entry]))];
  return names.map(
    ([name, entry]) =>
      `${placeOf(entry)}: nothing is known of ${name}; if it asks for a password, a key or the like and refuses who does not have it, add --first-factor ${name}`,
  );
}

export function placeOf({ place: { file, line } }: Pick<PamModuleEntry, "place">): string {
  return `${file}:${line}`;
}
