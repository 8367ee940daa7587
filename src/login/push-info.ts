// The pairs that Duo Mobile shows with a push, when `pushinfo = yes`. What comes from the caller's environment is shown
// to the user who approves, and decides nothing.

import { displayLine } from "../core/display-text.ts";
import type { LoginContext } from "./context.ts";

const VALUE_MAX_BYTES = 512;

export function pushInfo({ policy, facts }: LoginContext): readonly (readonly [string, string])[] {
  if (!policy.pushinfo) return [];
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ["Service", facts.service],
    ["Terminal", facts.tty],
    ["Command", facts.command],
  ];
  return pairs.flatMap(([key, value]) => (value ? [[key, displayLine(value, VALUE_MAX_BYTES)] as const] : []));
}
