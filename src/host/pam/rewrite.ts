// The auth part of a service written anew with Duo's line behind the first factor: every module that it has now, in the same
// order, includes and substacks taken apart, so that a right password leads to Duo and a wrong one ends the stack. It proposes;
// change.ts judges each proposal. Pure.

import { jump, pastLevel } from "./dispatch.ts";
import type { PamEntry, PamModuleEntry } from "./entry.ts";
import { entryOf, lineText } from "./line-text.ts";
import { roleOf } from "./modules.ts";
import type { Judging } from "./persons.ts";

export interface Rewritten {
  readonly lines: readonly string[];
  readonly entries: readonly PamModuleEntry[];
}

/** Proposals, the likeliest first. None for a stack with lines that libpam cannot read, or that jumps out of itself. */
export function* rewritings(before: readonly PamEntry[], duoLine: string, judging: Judging): Generator<Rewritten> {
  if (before.some(({ kind }) => kind === "must-fail")) return;
  const may = (entry: PamEntry) => entry.kind === "module" && !judging.watched(entry);
  const lastFactor = before.findLastIndex((entry) => may(entry) && isFactor(entry, judging));
  if (lastFactor < 0) return;
  for (let place = lastFactor + 1; place <= before.length; place++) {
    for (const shortcut of [false, true]) {
      const written = rewrite(before, { place, duoLine, shortcut }, judging);
      if (written !== undefined) yield written;
    }
  }
}

interface Plan {
  /** Index of the entry that Duo's line goes before. */
  readonly place: number;
  readonly duoLine: string;
  /** The last factor leads over a pam_deny behind it. */
  readonly shortcut: boolean;
}

function rewrite(before: readonly PamEntry[], plan: Plan, judging: Judging): Rewritten | undefined {
  const kept = before.flatMap((entry, index) => (entry.kind === "module" && !judging.watched(entry) ? [index] : []));
  const lines: string[] = [];
  for (const index of kept) {
    if (index >= plan.place && !lines.includes(plan.duoLine)) lines.push(plan.duoLine);
    const entry = before[index];
    if (entry?.kind !== "module") return undefined;
    const control = controlAt(before, index, entry, kept, plan, judging);
    if (control === undefined) return undefined;
    lines.push(lineText({ ...entry, control }));
  }
  if (!lines.includes(plan.duoLine)) lines.push(plan.duoLine);
  const place = { file: "", line: 0 };
  const entries = lines.map((line) => entryOf(line, { place, includedFrom: [], level: 0 }));
  return entries.every((entry) => entry !== undefined) ? { lines, entries } : undefined;
}

/** What a line of the old stack leads to in the new file. */
interface Leads {
  /** How many lines of the new file lie between this line and where entry `target` was. Duo's line is where `place` was. */
  readonly over: (target: number) => number;
  /** The same for what ends the stack, or the substack, with success. */
  readonly done: number;
  /** Lines between this one and Duo's. */
  readonly between: readonly number[];
}

function controlAt(
  before: readonly PamEntry[],
  index: number,
  entry: PamModuleEntry,
  kept: readonly number[],
  { place, shortcut }: Plan,
  judging: Judging,
): string | undefined {
  const above = index < place;
  const over = (target: number) =>
    kept.filter((one) => one > index && one < (above ? Math.min(target, place) : target)).length;
  const end = entry.level > 0 ? Math.min(pastLevel(before, index, entry.level), place) : place;
  const between = kept.filter((one) => one > index && one < place);
  const leads = { over, done: over(end), between };
  const word = entry.control.text.toLowerCase();
  if (!/^[a-z]+$/.test(word)) return bracketControl(before, index, entry, leads, above);
  if (!above || word === "optional") return word;
  if (word === "sufficient") return sufficientControl(entry, leads, judging);
  const shortens = shortcut && between.every((one) => isNever(before[one], judging));
  return requiredControl(entry, word, shortens ? leads.done : 0, judging);
}

function sufficientControl(entry: PamModuleEntry, { done, between }: Leads, judging: Judging): string {
  // Root in su, and who a rule lets through, stay as they are.
  if (roleOf(entry, judging.firstFactors) === "rule") return "sufficient";
  return between.length === 0 || done === 0 ? "requisite" : `success=${done} default=ignore`;
}

function requiredControl(entry: PamModuleEntry, word: string, over: number, judging: Judging): string {
  const factor = isFactor(entry, judging);
  if (factor && over > 0) return `success=${over} default=die`;
  return factor || isNever(entry, judging) ? "requisite" : word;
}

/** `success=2 default=ignore` with the numbers that lead to the same lines in the new file. */
function bracketControl(
  before: readonly PamEntry[],
  index: number,
  { control, level }: PamModuleEntry,
  { over, done }: Leads,
  above: boolean,
): string | undefined {
  const counted = (action: string): number | undefined => {
    if (action === "done" && above) return done;
    if (!/^[0-9]/.test(action)) return undefined;
    const { at, left } = jump(before, index, level, Number(action));
    return left > 0 ? Number.NaN : over(at + 1);
  };
  const words = [...control.text.matchAll(/([a-z_]+)\s*=\s*([a-z]+|[0-9]+)/g)].map(([, code = "", action = ""]) => {
    const count = counted(action);
    if (action === "reset" || Number.isNaN(count)) return undefined;
    const next = code === "success" ? "ok" : "ignore";
    return `${code}=${count === undefined ? action : count === 0 ? next : count}`;
  });
  return words.includes(undefined) ? undefined : words.join(" ");
}

function isFactor(entry: PamEntry, { firstFactors }: Judging): boolean {
  if (entry.kind !== "module") return false;
  const role = roleOf(entry, firstFactors);
  return role === "factor" || role === "unknown";
}

function isNever(entry: PamEntry | undefined, { firstFactors }: Judging): boolean {
  return entry?.kind === "module" && roleOf(entry, firstFactors) === "never";
}
