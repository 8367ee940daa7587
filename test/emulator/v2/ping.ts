// Owns ping: the server is up, and this is its time. Needs no signature.

import { type Outcome, ok } from "../http/outcome.ts";
import type { ApiCall } from "../http/route.ts";

/** GET /auth/v2/ping */
export function ping(call: ApiCall): Outcome {
  return ok({ time: Math.floor(call.nowMs / 1000) });
}
