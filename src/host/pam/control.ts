// The control value of a PAM line: what libpam does for each code that the module can return. Follows libpam to the letter,
// its odd corners included: a value that it cannot read makes every code "bad". Called by directive.ts.

import { PAM_RETURNS, type PamReturn } from "./returns.ts";

/** A number jumps over that many lines. */
export type PamAction = "ignore" | "ok" | "done" | "bad" | "die" | "reset" | number;

export type PamActions = Readonly<Record<PamReturn, PamAction>>;

export interface PamControl {
  /** As written, without brackets. */
  readonly text: string;
  readonly actions: PamActions;
  /** What libpam could not read, from there to the end; every action is "bad" then. */
  readonly unread: string | undefined;
}

type Partial = { [code in PamReturn]?: PamAction };

const ACTIONS = ["ignore", "ok", "done", "bad", "die", "reset"] as const;
const JUMP_MAX = 2_147_483_647;

/** The four words of pam.conf(5). */
const WORDS: Readonly<Record<string, readonly [Partial, PamAction]>> = {
  required: [{ success: "ok", new_authtok_reqd: "ok", ignore: "ignore" }, "bad"],
  requisite: [{ success: "ok", new_authtok_reqd: "ok", ignore: "ignore" }, "die"],
  optional: [{ success: "ok", new_authtok_reqd: "ok" }, "ignore"],
  sufficient: [{ success: "done", new_authtok_reqd: "done" }, "ignore"],
};

/** The control of a line that fails whenever it is reached. */
export const ALL_BAD: PamActions = filled({}, "bad");

export function parseControl(text: string): PamControl {
  const word = WORDS[text.toLowerCase()];
  if (word !== undefined) return { text, actions: filled(...word), unread: undefined };
  const found: Partial = {};
  let rest = text.trimStart();
  while (rest !== "") {
    const after = takePair(rest, found);
    if (after === undefined) return { text, actions: ALL_BAD, unread: rest };
    rest = after.trimStart();
  }
  return { text, actions: filled(found, "bad"), unread: undefined };
}

/** Takes `code=action` off the front and notes it; what is behind it, or undefined where there is none. */
function takePair(text: string, found: Partial): string | undefined {
  // libpam compares beginnings, so what follows a name without a blank is read as the next thing.
  const code = [...PAM_RETURNS, "default" as const].find((name) => text.startsWith(name));
  if (code === undefined) return undefined;
  const equals = text.slice(code.length).trimStart();
  if (!equals.startsWith("=")) return undefined;
  const value = equals.slice(1).trimStart();
  const word = ACTIONS.find((name) => value.startsWith(name));
  const digits = word === undefined ? (/^[0-9]+/.exec(value)?.[0] ?? "") : "";
  const action = word ?? Number(digits);
  if (action === 0 || (typeof action === "number" && action > JUMP_MAX)) return undefined;
  // The first default counts, and only for what stands before it; a code that is written again is replaced.
  if (code === "default") Object.assign(found, filled(found, action));
  else found[code] = action;
  return value.slice(word?.length ?? digits.length);
}

function filled(found: Partial, rest: PamAction): PamActions {
  const entries = PAM_RETURNS.map((code) => [code, found[code] ?? rest] as const);
  return Object.fromEntries(entries) as Record<PamReturn, PamAction>;
}
