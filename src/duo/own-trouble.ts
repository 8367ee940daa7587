// Whether silence was Duo's, or this machine had no ears: SECURITY: a time-out, or a connection that broke, is an outage only
// where this process was given the processor meanwhile, and where the machine still lets datagrams through to itself. A user
// without rights can keep the daemon waiting with thousands of busy processes, and can fill the kernel's table of tracked
// connections (conntrack) with traffic on the loopback interface: then each new connection's first packet is dropped without a
// word, and every datagram is refused with EPERM. It turns an outage into local trouble, and nothing else into anything.

import { type DuoFailure, failureClass } from "../core/failure.ts";
import type { Wait } from "./loop-watch.ts";

/**
 * A third of the wait lost. Duo answers within a fraction of the shortest limit, so that who wants to make a time-out of that has
 * to take nearly all of the time; resolvers and proxies of this machine may have lost more than this process.
 */
const LOST_SHARE = 3;
const LOST_MIN_MS = 300;

/** The failure of a call that took `wait`, or what this machine's part in it was. */
export async function ownTrouble(
  failure: DuoFailure,
  { lostMs, elapsedMs }: Wait,
  loopback: () => Promise<string>,
): Promise<DuoFailure> {
  // A refusal is said by the other side, by a router or by the proxy: that needed no time of ours.
  if (failureClass(failure.code) !== "outage" || failure.code === "connect-failed") return failure;
  const late = lostMs >= Math.max(LOST_MIN_MS, elapsedMs / LOST_SHARE);
  if (late) return own(failure, `this process got no time for ${Math.round(lostMs)} of ${Math.round(elapsedMs)} ms`);
  const fault = await loopback();
  return fault === "" ? failure : own(failure, fault);
}

function own({ stage, detail }: DuoFailure, fault: string): DuoFailure {
  return { code: "local-trouble", stage, detail: `${fault} (${detail})` };
}
