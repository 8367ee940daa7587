// Owns check: the keys, the clock and the signature are good; all of it is judged before this runs.

import { type Outcome, ok } from "../http/outcome.ts";
import type { ApiCall } from "../http/route.ts";

/** GET /auth/v2/check */
export function check(call: ApiCall): Outcome {
  return ok({ time: Math.floor(call.nowMs / 1000) });
}
