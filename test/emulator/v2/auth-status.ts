// Owns auth_status: the long poll for the next state of a transaction.

import { fail, type Outcome, ok } from "../http/outcome.ts";
import type { ApiCall } from "../http/route.ts";
import { required } from "./params.ts";

/** GET /auth/v2/auth_status */
export async function authStatus(call: ApiCall): Promise<Outcome> {
  const txid = required(call, "txid");
  if (txid.kind === "refused") return txid.outcome;
  const transaction = call.world.transactions.byTxid(txid.value);
  if (transaction === undefined) return fail(40002, "txid");
  // Seen of Duo in every answer; no document names it.
  return ok({ auth_delayed: false, ...(await transaction.nextState(call.world.longPollMs, call.signal)) });
}
