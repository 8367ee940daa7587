// libpam's way through a stack, one module at a time: what each return code does to the impression so far, and what the
// whole stack comes to. The rules are those of pam.conf(5); test/unit/host/pam-dispatch.test.ts holds them against the
// real libpam. Calls no module. Used by explore.ts, and by cli/ for `explain`.

import type { PamAction } from "./control.ts";
import type { PamEntry, PamModuleEntry } from "./entry.ts";
import { MUST_FAIL, PAM_RETURNS, type PamReturn } from "./returns.ts";

/** What the stack has come to; `undefined`: nobody has said anything that counts. */
export interface Impression {
  readonly good: boolean | undefined;
  readonly status: PamReturn;
}

export interface Position {
  /** Index of the entry that comes next. */
  readonly at: number;
  readonly now: Impression;
  readonly previousLevel: number;
  /** By level: the impression when that substack was entered, to which `reset` goes back. */
  readonly entered: readonly Impression[];
}

export type Next =
  | { readonly kind: "call"; readonly entry: PamModuleEntry; readonly position: Position }
  | { readonly kind: "end"; readonly code: PamReturn };

export interface Called {
  readonly entry: PamModuleEntry;
  /** Undefined: a number that is no return code of PAM. */
  readonly returned: PamReturn | undefined;
}

const NOTHING: Impression = { good: undefined, status: MUST_FAIL };

export const START: Position = { at: 0, now: NOTHING, previousLevel: 0, entered: [NOTHING] };

/** Runs the whole stack. `returns` is asked for each module that libpam would call, in its order. */
export function dispatch(
  entries: readonly PamEntry[],
  returns: (entry: PamModuleEntry) => PamReturn | undefined,
): { readonly code: PamReturn; readonly called: readonly Called[] } {
  const called: Called[] = [];
  let next = nextCall(entries, START);
  while (next.kind === "call") {
    const { entry, position } = next;
    const returned = returns(entry);
    called.push({ entry, returned });
    // The module wants to be called again: the application is told at once.
    if (returned === "incomplete") return { code: returned, called };
    next = nextCall(entries, afterCall(entries, position, returned));
  }
  return { code: next.code, called };
}

/** The next module to call from here on, or the end. */
export function nextCall(entries: readonly PamEntry[], from: Position): Next {
  let position = from;
  for (;;) {
    const entry = entries[position.at];
    if (entry === undefined) return { kind: "end", code: endOf(position.now) };
    position = enter(position, entry.level);
    if (entry.kind === "module") return { kind: "call", entry, position };
    if (entry.kind === "must-fail") position = afterCall(entries, position, MUST_FAIL);
    else position = { ...position, at: position.at + 1, previousLevel: entry.level };
  }
}

/** Where the stack stands when the entry at `position` has returned; undefined is no return code of PAM. */
export function afterCall(entries: readonly PamEntry[], position: Position, returned: PamReturn | undefined): Position {
  const entry = entries[position.at];
  if (entry === undefined) throw new RangeError("there is no entry here");
  const { level, control } = entry;
  const action = returned === undefined ? "bad" : control.actions[returned];
  const now = judged(position, level, action, returned ?? MUST_FAIL);
  // A success that comes too late to count ends nothing.
  const decided = action === "die" || (action === "done" && now.good === true);
  if (decided) return { ...position, now, at: pastLevel(entries, position.at, level), previousLevel: level };
  if (typeof action !== "number") return { ...position, now, at: position.at + 1, previousLevel: level };
  const { at, left } = jump(entries, position.at, level, action);
  // SECURITY: a jump beyond the end of the stack fails.
  return { ...position, now: left === 0 ? now : { good: false, status: MUST_FAIL }, at: at + 1, previousLevel: level };
}

/** The line that libpam remembers when it steps into a substack. */
function enter(position: Position, level: number): Position {
  if (position.previousLevel >= level) return position;
  const entered = [...position.entered];
  entered[level] = position.now;
  return { ...position, entered, previousLevel: level };
}

function judged({ now, entered }: Position, level: number, action: PamAction, returned: PamReturn): Impression {
  switch (action) {
    case "reset":
      return entered[level] ?? NOTHING;
    case "ok":
    case "done":
      return counts(now) ? { good: true, status: returned } : now;
    case "bad":
    case "die":
      // The first failure is the one that is told.
      return now.good === false ? now : { good: false, status: returned === "ignore" ? MUST_FAIL : returned };
    default:
      // A jump judges nothing, and neither does "ignore".
      return now;
  }
}

/** Whether a good word changes anything: not after a failure, and not after another code that was taken as good. */
function counts({ good, status }: Impression): boolean {
  return good === undefined || (good && status === "success");
}

/** Over `count` entries of this level, a substack with all that is in it being one. */
export function jump(
  entries: readonly PamEntry[],
  from: number,
  level: number,
  count: number,
): { at: number; left: number } {
  const levelAt = (index: number) => entries[index]?.level ?? -1;
  let at = from;
  let left = count;
  while (left > 0 && levelAt(at + 1) >= level) {
    do at += 1;
    while (levelAt(at + 1) > level);
    left -= 1;
  }
  return { at, left };
}

/** The first entry outside of this substack, or the end. */
export function pastLevel(entries: readonly PamEntry[], from: number, level: number): number {
  const past = entries.findIndex((entry, index) => index > from && entry.level < level);
  return past < 0 ? entries.length : past;
}

function endOf({ good, status }: Impression): PamReturn {
  return status === "success" && good !== true ? MUST_FAIL : status;
}

/** The name of a module's return code, as a number. */
export function pamReturn(code: number): PamReturn | undefined {
  return PAM_RETURNS[code];
}
