// Whether a changed stack may take another one's place: everybody who got in before still does, after Duo, and nobody else does;
// and whether a stack is as it should be. Decides; proposes nothing and says nothing in words.

import { jump } from "./dispatch.ts";
import type { PamEntry } from "./entry.ts";
import { roleOf } from "./modules.ts";
import { forEverybody, type Judging, type Outcome } from "./persons.ts";
import { judgeStack } from "./verdicts.ts";

/** No way past Duo but by a rule that somebody wrote, no ring for strangers, and someone gets in. `keyFirst`: sshd wants a key. */
export function isSound(entries: readonly PamEntry[], judging: Judging, keyFirst: boolean): boolean {
  const { watched, missing, firstFactors } = judging;
  const judged = judgeStack(entries, watched, missing, firstFactors);
  if (judged.kind !== "judged") return false;
  const { asked, overruled, passed, alone, afterFailure, beforeFactor, twice, wayIn } = judged;
  const passes = passed.filter(({ passedBy }) => roleOf(passedBy, firstFactors) !== "rule");
  const rings = keyFirst ? [] : [alone, afterFailure, beforeFactor];
  return (
    twice === undefined &&
    asked &&
    wayIn !== undefined &&
    overruled.size === 0 &&
    passes.length === 0 &&
    rings.every((way) => way === undefined)
  );
}

/** `before` may have Duo's line at a bad place, or none. */
export function keepsLogins(before: readonly PamEntry[], after: readonly PamEntry[], judging: Judging): boolean {
  const plays = [before, withoutWatched(before, judging), after].map(
    (entries) => ({ entries, duo: "success" }) as const,
  );
  return forEverybody(plays, judging, ([was, bare, now]) => {
    if (was === undefined || bare === undefined || now === undefined) return false;
    return keepsLogin(was, was.wins ? was : bare, now);
  });
}

/** `entered`: how this person got in before, with Duo's line or as if it was not there. */
function keepsLogin(was: Outcome, entered: Outcome, now: Outcome): boolean {
  if (!entered.wins) return !now.wins && (was.proved || counts(was, now));
  if (entered.proved) return now.wins && now.asked;
  // Root in su, and who a rule lets through, stay as they are. Who had Duo alone may have to prove something now.
  return entered.asked || now.wins;
}

/** For the other services of a changed line: the same people get in when Duo allows, and nobody more when it does not. */
export function isNoWorse(before: readonly PamEntry[], after: readonly PamEntry[], judging: Judging): boolean {
  const plays = (["success", "auth_err"] as const).flatMap((duo) => [
    { entries: before, duo },
    { entries: after, duo },
  ]);
  return forEverybody(plays, judging, ([was, now, wasDenied, nowDenied]) => {
    if (was === undefined || now === undefined) return false;
    const same = was.wins === now.wins && (was.proved || counts(was, now));
    return same && !(nowDenied?.wins === true && wasDenied?.wins !== true);
  });
}

/** What counted a wrong password still does. */
function counts(before: Outcome, after: Outcome): boolean {
  return [...before.counted].every((one) => after.counted.has(one));
}

/** The stack as it was before Duo's line came, its jumps leading to where they lead now. */
function withoutWatched(entries: readonly PamEntry[], { watched }: Judging): readonly PamEntry[] {
  const gone = (entry: PamEntry) => entry.kind === "module" && watched(entry);
  return entries.flatMap((entry, from) => {
    if (gone(entry)) return [];
    const actions = Object.entries(entry.control.actions).map(([code, action]) => {
      if (typeof action !== "number") return [code, action];
      const { at, left } = jump(entries, from, entry.level, action);
      const over = entries.slice(from + 1, at + 1).filter((one) => gone(one) && one.level === entry.level).length;
      const count = left > 0 ? action : action - over;
      return [code, count === 0 ? "ignore" : count];
    });
    return [{ ...entry, control: { ...entry.control, actions: Object.fromEntries(actions) } }];
  });
}
