// What `duogate enable` and `duogate disable` would make of a PAM file, or why they will not: decided on the text alone, before
// anything is touched. Pure but for the files that the stack includes.

import { err, ok, type Result } from "../../core/result.ts";
import type { PamModuleEntry, PamService } from "../../host/pam/entry.ts";
import { moduleName, type PamRole, roleOf } from "../../host/pam/modules.ts";
import { readPamService } from "../../host/pam/service.ts";
import { withText } from "../../host/pam/source.ts";
import type { Draft, DraftQuestion } from "./drafted.ts";
import { findPairs, MARK, pairFor, withoutPairs, withPair } from "./pair.ts";
import type { PamFile } from "./pam-file.ts";
import { placeBehind } from "./place.ts";
import { isDuogate, placeOf, prove, unknownWords } from "./proof.ts";
import { recipeFor } from "./recipe.ts";

/** Shared by services, and made by tools that would undo a change. */
const SHARED = /^(?:common-.*|system-auth.*|password-auth.*|postlogin.*|other)$/;

/** Err: the reasons, a line each, and what to write by hand. */
export function draftEnable(question: DraftQuestion): Result<Draft, readonly string[]> {
  const { service, file, source, runtimeDir, missing, firstFactors } = question;
  if (SHARED.test(service)) {
    return err([`${service} belongs to many services: name one, or on Debian use pam-auth-update`]);
  }
  const pair = pairFor(service, runtimeDir, file.copyOf);
  if (!pair.ok) return err([pair.error]);
  const before = readPamService(service, source);
  const there = alreadyThere(before, file);
  if (there.length > 0) return err(there);
  const byHand = [`Nothing was changed. What can be written by hand, where it belongs:`, `    ${pair.value[1]}`];
  if (before.problems.length > 0) {
    const places = before.problems.map(({ place, message }) => `${place.file}:${place.line}: ${message}`);
    return err(["the file is not in order already:", ...places, ...byHand]);
  }
  const unknown = unknownWords(modulesOf(before).filter((entry) => roleOf(entry, firstFactors) === "unknown"));
  const line = placeBehind(before, file.text, firstFactors);
  if (line === undefined) {
    const why = `no auth line of ${file.path} asks for a password or another first factor`;
    return err([
      why,
      ...unknown,
      "With a key in its place, sshd's AuthenticationMethods must say so: see the README.",
      ...byHand,
    ]);
  }
  const after = withPair(file.text, pair.value, line);
  const proved = prove(readPamService(service, withText(source, file.path, decoded(after))), missing, firstFactors);
  if (!proved.ok) {
    const reasons = proved.error.map((reason) => `with the line behind line ${line} of ${file.path}: ${reason}`);
    return err([...reasons, ...unknown, ...(recipeFor(question, before, pair.value[1]) ?? byHand)]);
  }
  return ok({ after, notes: [...copyNotes(file), ...duoUnixNotes(before), ...proved.value] });
}

/** Err: the reasons, a line each. */
export function draftDisable({ service, file, source, firstFactors }: DraftQuestion): Result<Draft, readonly string[]> {
  const pairs = findPairs(file.text);
  const broken = pairs.filter(({ whole }) => !whole);
  if (broken.length > 0) {
    const places = broken.map(({ line }) => `${file.path}:${line}: the line below is not the one that was written`);
    return err([...places, "Nothing was changed: put the lines in order by hand, with a root shell open."]);
  }
  if (pairs.length === 0) return err(notOurs(readPamService(service, source), file));
  const after = withoutPairs(file.text);
  const left = readPamService(service, withText(source, file.path, decoded(after))).stacks.auth;
  const factor = left.entries.some(
    (entry) => entry.kind === "module" && !isDuogate(entry) && mayBeFactor(roleOf(entry, firstFactors)),
  );
  if (!factor) {
    const why = `without the line ${service} would ask for no factor at all, or refuse everybody`;
    return err([why, `Nothing was changed: write another factor into ${file.path} first.`]);
  }
  const others = left.entries.filter((entry): entry is PamModuleEntry => entry.kind === "module" && isDuogate(entry));
  return ok({ after, notes: others.map((entry) => `${placeOf(entry)} still asks Duo: ${entry.text}`) });
}

/** What cannot be told is left to who wrote it: the module's line goes out as it came in. */
function mayBeFactor(role: PamRole): boolean {
  return role === "factor" || role === "unknown";
}

function alreadyThere(before: PamService, file: PamFile): readonly string[] {
  const lines = modulesOf(before).filter(isDuogate);
  return lines.map((entry) => {
    const place = placeOf(entry);
    const own = entry.place.file === file.path;
    const pair = own && findPairs(file.text).some(({ line, whole }) => whole && line + 1 === entry.place.line);
    if (pair) return `${place}: already enabled; duogate disable ${before.name} takes it out`;
    if (/\/common-auth$/.test(entry.place.file)) {
      return `${place}: pam-auth-update's profile asks Duo for every service already; take it out first: pam-auth-update --remove duogate`;
    }
    return `${place}: the stack asks Duo already, by a line that somebody wrote: ${entry.text}`;
  });
}

function notOurs(before: PamService, file: PamFile): readonly string[] {
  const lines = modulesOf(before).filter(isDuogate);
  if (lines.length === 0) return [`${file.path} has no line of "${MARK.slice(2)} …": nothing to take out`];
  const places = lines.map((entry) => `${placeOf(entry)}: ${entry.text}`);
  const words = `Not written by "duogate enable", so it is not taken out: nobody but its author knows what it stands for.`;
  return [...places, words];
}

function copyNotes({ path, copyOf }: PamFile): readonly string[] {
  if (copyOf === undefined) return [];
  return [
    `there is no ${path}: it becomes a copy of ${copyOf} with the line, and hides what later versions of its package change there`,
  ];
}

function duoUnixNotes(before: PamService): readonly string[] {
  const theirs = modulesOf(before).filter((entry) => moduleName(entry) === "pam_duo");
  return theirs.map((entry) => `${placeOf(entry)}: Duo Unix asks as well, so that users are asked twice`);
}

function modulesOf({ stacks }: PamService): readonly PamModuleEntry[] {
  return stacks.auth.entries.filter((entry): entry is PamModuleEntry => entry.kind === "module");
}

/** The reader of PAM files takes text as UTF-8. */
function decoded(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8");
}
