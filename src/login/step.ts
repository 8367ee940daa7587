// Where a login stands after a part of it: at its end, or before another attempt with something to tell the user.

import type { DisplayText } from "../core/display-text.ts";
import type { Verdict } from "../core/verdict.ts";

export type Step =
  | { readonly kind: "ended"; readonly verdict: Verdict }
  | { readonly kind: "again"; readonly notice: DisplayText };

export function ended(verdict: Verdict): Step {
  return { kind: "ended", verdict };
}
