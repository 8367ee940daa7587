// All mutants, in the order in which they are run: what is quickly built first.

import { DECISION_MUTANTS } from "./decision-mutants.ts";
import { EDGE_MUTANTS } from "./edge-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { NATIVE_MUTANTS } from "./native-mutants.ts";
import { STRANGER_MUTANTS } from "./stranger-mutants.ts";

export const MUTANTS: readonly Mutant[] = [
  ...DECISION_MUTANTS,
  ...EDGE_MUTANTS,
  ...STRANGER_MUTANTS,
  ...NATIVE_MUTANTS,
];
