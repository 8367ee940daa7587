// Owns logo: the customer's image, or the refusal for a customer without one.

import { fail, type Outcome } from "../http/outcome.ts";
import type { ApiCall } from "../http/route.ts";

/** GET /auth/v2/logo */
export function logo(call: ApiCall): Outcome {
  const bytes = call.world.logo;
  return bytes === undefined ? fail(40002, "Logo not found") : { kind: "image", bytes };
}
