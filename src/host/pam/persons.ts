// Two stacks held against each other, person by person: a person is one answer for each module, the same in both. Says who gets
// in by the one and not by the other. Follows dispatch.ts; calls no module and judges no single stack.

import { afterCall, nextCall, START } from "./dispatch.ts";
import type { PamEntry, PamModuleEntry } from "./entry.ts";
import { answersOf, type FirstFactors, moduleName, roleOf } from "./modules.ts";
import type { PamReturn } from "./returns.ts";

export interface Judging {
  readonly watched: (entry: PamModuleEntry) => boolean;
  readonly missing: (entry: PamModuleEntry) => boolean;
  readonly firstFactors: FirstFactors;
}

/** A stack, and what Duo says to everybody in it. */
export interface Play {
  readonly entries: readonly PamEntry[];
  readonly duo: PamReturn;
}

export interface Outcome {
  readonly wins: boolean;
  /** Duo was asked. */
  readonly asked: boolean;
  /** A factor, or a module that may be one, succeeded. */
  readonly proved: boolean;
  /** Modules that count wrong passwords and were called. */
  readonly counted: ReadonlySet<string>;
}

type Person = ReadonlyMap<string, PamReturn>;

/** Real stacks have a few thousand persons; what cannot be looked at whole is not said to be safe. */
const PERSONS_MAX = 30_000;
const COUNTERS = /^pam_(?:faillock|tally2?|abl)$/;

/** True where `holds` is true of every person's outcomes, in the order of `plays`. */
export function forEverybody(
  plays: readonly Play[],
  judging: Judging,
  holds: (outcomes: readonly Outcome[]) => boolean,
): boolean {
  const answers = answersByModule(plays, judging);
  const open: Person[] = [new Map()];
  let met = 0;
  for (let person = open.pop(); person !== undefined; person = open.pop()) {
    if (++met > PERSONS_MAX) return false;
    const outcomes = runAll(plays, person, judging);
    if (typeof outcomes === "string") {
      for (const answer of answers.get(outcomes) ?? []) open.push(new Map([...person, [outcomes, answer]]));
    } else if (!holds(outcomes)) return false;
  }
  return true;
}

function runAll(plays: readonly Play[], person: Person, judging: Judging): readonly Outcome[] | string {
  const outcomes: Outcome[] = [];
  for (const play of plays) {
    const ran = run(play, person, judging);
    if (typeof ran === "string") return ran;
    outcomes.push(ran);
  }
  return outcomes;
}

/** A string: the module whose answer this person has not given yet. */
function run({ entries, duo }: Play, person: Person, { watched, firstFactors }: Judging): Outcome | string {
  let asked = false;
  let proved = false;
  const counted = new Set<string>();
  let next = nextCall(entries, START);
  while (next.kind === "call") {
    const { entry, position } = next;
    const ours = watched(entry);
    const answer = ours ? duo : person.get(keyOf(entry));
    if (answer === undefined) return keyOf(entry);
    if (ours) asked = true;
    else if (answer === "success" && mayProve(entry, firstFactors)) proved = true;
    if (COUNTERS.test(moduleName(entry))) counted.add(keyOf(entry));
    next = nextCall(entries, afterCall(entries, position, answer));
  }
  return { wins: next.code === "success", asked, proved, counted };
}

function mayProve(entry: PamModuleEntry, firstFactors: FirstFactors): boolean {
  const role = roleOf(entry, firstFactors);
  return role === "factor" || role === "unknown";
}

/** The same module with the same arguments says the same of the same person, wherever it stands. */
function keyOf(entry: PamModuleEntry): string {
  return [moduleName(entry), ...entry.args].join(" ");
}

/** By module: answers that no line of any stack tells apart are given once. */
function answersByModule(
  plays: readonly Play[],
  { watched, missing, firstFactors }: Judging,
): ReadonlyMap<string, readonly PamReturn[]> {
  const lines = new Map<string, PamModuleEntry[]>();
  for (const entry of plays.flatMap(({ entries }) => entries)) {
    if (entry.kind !== "module" || watched(entry)) continue;
    const same = lines.get(keyOf(entry));
    if (same === undefined) lines.set(keyOf(entry), [entry]);
    else same.push(entry);
  }
  return new Map(
    [...lines].map(([key, same]): [string, readonly PamReturn[]] => {
      const [first] = same;
      if (first === undefined || missing(first)) return [key, ["module_unknown"]];
      const distinct = new Map<string, PamReturn>();
      for (const answer of answersOf(first, firstFactors)) {
        const effect = JSON.stringify([answer === "success", ...same.map(({ control }) => control.actions[answer])]);
        if (!distinct.has(effect)) distinct.set(effect, answer);
      }
      return [key, [...distinct.values()]];
    }),
  );
}
