// The client's address as Duo may have it: an IP literal of either family, or nothing. Names and garbage are left
// out, because PAM_RHOST can be a name that somebody else controls. COMPAT(duo_unix): it sends any text on.

import { isIP } from "node:net";

const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

/** The literal to send, IPv4-mapped IPv6 folded to IPv4; undefined when `rhost` is not one. */
export function clientAddress(rhost: string | undefined): string | undefined {
  if (rhost === undefined || rhost.includes("%")) return undefined;
  const folded = MAPPED.exec(rhost)?.[1] ?? rhost;
  return isIP(folded) === 0 ? undefined : folded;
}
