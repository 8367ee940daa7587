// Every way through a PAM stack, with every code that each module can return: what may come before the second factor, and what
// may end in success without it. Walks the positions of src/host's dispatch, each once. Used for the recipes of
// docs/OPERATIONS.md.

import { afterCall, nextCall, type Position, START } from "../../src/host/pam/dispatch.ts";
import type { PamEntry, PamModuleEntry } from "../../src/host/pam/entry.ts";
import { PAM_RETURNS, type PamReturn } from "../../src/host/pam/returns.ts";

/** The codes that the module can return here; `incomplete` ends the call at once and is not walked. */
export type Returns = (entry: PamModuleEntry) => readonly PamReturn[];

export interface Way {
  readonly code: PamReturn;
  /** Each module that was called, with what it returned, in order. */
  readonly called: readonly string[];
}

export const ANY: readonly PamReturn[] = PAM_RETURNS.filter((code) => code !== "incomplete");
export const FAILURES: readonly PamReturn[] = ANY.filter((code) => code !== "success" && code !== "ignore");

/** One way to each different end: the code, and whether a module of `mark` was called. */
export function ways(
  entries: readonly PamEntry[],
  returns: Returns,
  mark: string,
): readonly (Way & { marked: boolean })[] {
  const seen = new Set<string>();
  const ends: (Way & { marked: boolean })[] = [];
  const walk = (from: Position, called: readonly string[], marked: boolean): void => {
    const key = JSON.stringify([from, marked]);
    if (seen.has(key)) return;
    seen.add(key);
    const next = nextCall(entries, from);
    if (next.kind === "end") {
      ends.push({ code: next.code, called, marked });
      return;
    }
    const { entry, position } = next;
    for (const code of returns(entry)) {
      const step = `${entry.module} ${code}`;
      walk(afterCall(entries, position, code), [...called, step], marked || entry.module === mark);
    }
  };
  walk(START, [], false);
  return ends;
}
