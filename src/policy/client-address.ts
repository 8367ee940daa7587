// The client's address as Duo may have it: an IP literal of either family, or nothing. Names and garbage are left
// out, because PAM_RHOST can be a name that somebody else controls. COMPAT(duo_unix): it sends any text on.

import { isIP, isIPv4 } from "node:net";

export interface ReportedAddress {
  readonly rhost?: string | undefined;
  /** False: the user who logs in could have chosen it. */
  readonly rhostTrusted: boolean;
}

/**
 * The literal to send, IPv4-mapped IPv6 folded to IPv4; undefined when `rhost` is not one. SECURITY: Duo's network policies
 * and a remembered device can waive the factor for an address, so that one which the user could have chosen counts for none.
 */
export function clientAddress({ rhost, rhostTrusted }: ReportedAddress): string | undefined {
  // A zone (`fe80::1%eth0`) means something on one machine only.
  if (rhost === undefined || !rhostTrusted || rhost.includes("%") || isIP(rhost) === 0) return undefined;
  return isIPv4(rhost) ? rhost : (mapped(rhost) ?? rhost);
}

/** The IPv4 address inside an IPv4-mapped one (RFC 4291 section 2.5.5.2), however that is written. */
function mapped(ipv6: string): string | undefined {
  // The URL parser writes an address in its shortest form, with the last 32 bits in hexadecimal.
  const canonical = new URL(`http://[${ipv6}]/`).hostname;
  const [, high, low] = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const halves = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return halves.map((half) => `${half >> 8}.${half & 255}`).join(".");
}
