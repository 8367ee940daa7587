// Owns preauth of v1: the verdict, or the menu Duo writes with its map of factors.

import { type Outcome, ok } from "../http/outcome.ts";
import type { ApiCall } from "../http/route.ts";
import { menuOf } from "../menu/menu.ts";
import { enrollPortal } from "../store/portal.ts";
import { standingOf } from "../store/standing.ts";
import { required } from "../v2/params.ts";

/** POST /rest/v1/preauth */
export function preauth(call: ApiCall): Outcome {
  const user = required(call, "user");
  if (user.kind === "refused") return user.outcome;
  const standing = standingOf(call.world, call.world.directory.byUsername(user.value));
  if (standing.kind === "ask") {
    // v1 has no way to show a verification code.
    call.world.showsCodes.delete(standing.account);
    const { text, factors } = menuOf(call.world, standing.account, false);
    return ok({ result: "auth", prompt: text, factors });
  }
  const status = standing.kind === "enroll" ? `Please enroll at ${enrollPortal()}` : standing.text;
  return ok({ result: standing.kind, status });
}
