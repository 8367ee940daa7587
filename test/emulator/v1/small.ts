// Owns the endpoints of v1 that only answer: ping, check, logo.

import { fail, type Outcome, ok } from "../http/outcome.ts";
import type { ApiCall } from "../http/route.ts";

/** GET /rest/v1/ping */
export function ping(): Outcome {
  return ok("pong");
}

/** GET /rest/v1/check */
export function check(): Outcome {
  return ok("valid");
}

/** GET /rest/v1/logo; unlike v2 it says 404 when there is none. */
export function logo({ world }: ApiCall): Outcome {
  return world.logo === undefined ? fail(40401) : { kind: "image", bytes: world.logo };
}
