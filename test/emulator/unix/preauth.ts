// Owns preauth with text_prompt=1, as Duo Unix 2.2 calls it: the v2 reply with Duo's own menu beside it.
// The contract is not a public one; what is known of it was read off that client.

import { fail, type Outcome, ok } from "../http/outcome.ts";
import type { ApiCall } from "../http/route.ts";
import { menuOf } from "../menu/menu.ts";
import { subject } from "../v2/params.ts";
import { preauth as v2Preauth } from "../v2/preauth.ts";

function fieldsOf(response: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof response === "object" && response !== null ? Object.entries(response) : []);
}

/** POST /auth/v2/preauth with text_prompt=1 */
export function preauth(call: ApiCall): Outcome {
  const failmode = call.params.get("failmode") ?? "open";
  if (failmode !== "open" && failmode !== "closed") return fail(40002, "failmode");
  const plain = v2Preauth(call);
  const account = subject(call);
  if (plain.kind !== "ok" || account.kind === "refused") return plain;
  const fields = fieldsOf(plain.response);
  const all = Object.fromEntries(fields);
  if (fields.get("result") === "enroll") {
    return ok({ ...all, prompt: { text: `Please enroll at ${String(fields.get("enroll_portal_url"))}` } });
  }
  if (fields.get("result") !== "auth" || account.value === undefined) return plain;
  return ok({ ...all, prompt: menuOf(call.world, account.value, fields.has("verification_code")) });
}
