// Which client address Duo is told: the literal that PAM gave, this machine's own where the configuration wants that, or
// none. What is told in another's place is noted for the log.

import { clientAddress } from "../policy/client-address.ts";
import type { LoginRequest } from "./context.ts";
import type { LoginRecord } from "./record.ts";

/** The address for Duo; it is in the record too. */
export async function addressForDuo(
  request: Pick<LoginRequest, "facts" | "policy" | "serverAddress">,
  record: Pick<LoginRecord, "address" | "notes">,
): Promise<string | undefined> {
  const { facts, policy, serverAddress } = request;
  // COMPAT(duo_unix): an empty PAM_RHOST is a local login, as none is.
  const rhost = facts.rhost === "" ? undefined : facts.rhost;
  const literal = clientAddress(facts);
  record.address = literal ?? (policy.fallbackLocalIp ? await serverAddress() : undefined);
  // Of an address that is not believed the decision says so itself.
  if (literal === undefined && rhost !== undefined && facts.rhostTrusted) {
    record.notes.push({ kind: record.address === undefined ? "address-left-out" : "address-replaced", rhost });
  }
  return record.address;
}
