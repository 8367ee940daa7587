// Every way through an auth stack that its modules' answers can open, with what it tells about one module among them: was
// it asked, was it denied, had the user proved anything before. Follows dispatch.ts, and keeps each end once, with the
// first way there. Judges nothing. Called by verdicts.ts.

import { afterCall, type Called, nextCall, type Position, START } from "./dispatch.ts";
import type { PamEntry, PamModuleEntry } from "./entry.ts";
import { answersOf, type FirstFactors, roleOf } from "./modules.ts";
import type { PamReturn } from "./returns.ts";

export type Proof = "none" | "unknown" | "proved";

export interface Way {
  readonly code: PamReturn;
  /** `success` if the watched module said so once, else its last refusal. Undefined: it was never called. */
  readonly said: PamReturn | undefined;
  /** Whether a factor before or behind it succeeded; unknown: only a module of which nothing is known did. */
  readonly proof: Proof;
  /** How it was when the watched module was first called: nothing asked yet, each factor had failed, or what was proved. */
  readonly before: "nothing" | "failed" | Exclude<Proof, "none"> | undefined;
  /** The watched module was called more than once. */
  readonly twice: boolean;
  /** The line whose answer led past the watched module. */
  readonly passedBy: PamModuleEntry | undefined;
  /** The first way that was found to this end. */
  readonly called: readonly Called[];
}

export interface Watch {
  readonly watched: (entry: PamModuleEntry) => boolean;
  /** What the watched module may say. */
  readonly says: readonly PamReturn[];
  /** Modules whose file is not there answer module_unknown and nothing else. */
  readonly missing?: (entry: PamModuleEntry) => boolean;
  readonly firstFactors?: FirstFactors;
}

interface Facts {
  readonly said: PamReturn | undefined;
  readonly tried: boolean;
  readonly proof: Proof;
  readonly before: Way["before"];
  readonly twice: boolean;
  readonly passedBy: PamModuleEntry | undefined;
}

interface Visit {
  readonly position: Position;
  readonly facts: Facts;
  readonly called: readonly Called[];
}

/** Real services have a few hundred states; beyond this nobody could read the stack either. */
const STATES_MAX = 20_000;
const NO_FACTS: Facts = {
  said: undefined,
  tried: false,
  proof: "none",
  before: undefined,
  twice: false,
  passedBy: undefined,
};

/** Undefined: there are too many ways to look at. */
export function explore(entries: readonly PamEntry[], watch: Watch): readonly Way[] | undefined {
  const seen = new Set<string>();
  const ends = new Map<string, Way>();
  const open: Visit[] = [{ position: START, facts: NO_FACTS, called: [] }];
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const next = nextCall(entries, visit.position);
    if (next.kind === "end") {
      const way = wayOf(next.code, visit);
      const key = JSON.stringify([way.code, way.said, way.proof, way.before, way.twice, placeOf(way.passedBy)]);
      if (!ends.has(key)) ends.set(key, way);
      continue;
    }
    const key = JSON.stringify([next.position, { ...visit.facts, passedBy: placeOf(visit.facts.passedBy) }]);
    if (seen.has(key)) continue;
    if (seen.add(key).size > STATES_MAX) return undefined;
    // The last that goes in comes out first: of several ways to one end, the one of the first answers is kept.
    open.push(...branches(entries, { ...visit, position: next.position }, next.entry, watch).reverse());
  }
  return [...ends.values()];
}

function branches(entries: readonly PamEntry[], visit: Visit, entry: PamModuleEntry, watch: Watch): Visit[] {
  const { position, facts, called } = visit;
  const watched = watch.watched(entry);
  const answers =
    watch.missing?.(entry) === true
      ? (["module_unknown"] as const)
      : watched
        ? watch.says
        : answersOf(entry, watch.firstFactors);
  return answers.map((returned) => {
    const after = afterCall(entries, position, returned);
    const heard = watched ? heardOurs(facts, returned) : heardOther(facts, entry, returned, watch);
    const passes =
      heard.said === undefined && heard.passedBy === undefined && skips(entries, position.at, after.at, watch);
    const now = passes ? { ...heard, passedBy: entry } : heard;
    return { position: after, facts: now, called: [...called, { entry, returned }] };
  });
}

function heardOurs(facts: Facts, returned: PamReturn): Facts {
  const before = facts.before ?? (facts.proof !== "none" ? facts.proof : facts.tried ? "failed" : "nothing");
  const said = facts.said === "success" ? facts.said : returned;
  return { ...facts, before, said, twice: facts.said !== undefined };
}

function heardOther(facts: Facts, entry: PamModuleEntry, returned: PamReturn, { firstFactors }: Watch): Facts {
  const succeeds = returned === "success";
  switch (roleOf(entry, firstFactors)) {
    case "factor":
      return { ...facts, tried: true, proof: succeeds ? "proved" : facts.proof };
    case "unknown":
      return succeeds && facts.proof === "none" ? { ...facts, proof: "unknown" } : facts;
    default:
      return facts;
  }
}

/** Whether a watched line lies between. */
function skips(entries: readonly PamEntry[], from: number, to: number, { watched }: Watch): boolean {
  return entries.slice(from + 1, to).some((entry) => entry.kind === "module" && watched(entry));
}

function wayOf(code: PamReturn, { facts: { said, proof, before, twice, passedBy }, called }: Visit): Way {
  return { code, said, proof, before, twice, passedBy, called };
}

function placeOf(entry: PamModuleEntry | undefined): string {
  return entry === undefined ? "" : `${entry.place.file}:${entry.place.line}:${entry.text}`;
}
