// Owns a daemon with so many logins that wait for their users: made for one figure and gone afterwards. Called by the rows of
// memory and of latency. The daemon has served logins before, so that what grows is the waiting ones' own.

import { crowdName, crowdUser, gather, pollCount } from "../support/crowd.ts";
import { raiseDescriptorLimit } from "../support/descriptor-limit.ts";
import type { HelperClient } from "../support/helper-client.ts";
import { eventually } from "../support/leak.ts";
import type { Rig, RigDaemon } from "./rig.ts";

/** The emulator's TCP and TLS sockets, one of each for a poll, and the helpers' sockets: all in this process. */
const DESCRIPTORS_EACH = 4;
const SETTLE_MS = 20_000;

/** Why so many cannot be held here. */
export function cannotHold(count: number): string | undefined {
  const limit = raiseDescriptorLimit();
  const needed = count * DESCRIPTORS_EACH + 100;
  return limit >= needed ? undefined : `needs ${needed} descriptors, and the limit is ${limit}`;
}

export function addCrowd({ emulator }: Rig, count: number): void {
  for (let i = 0; i < count; i += 1) emulator.setUser(crowdName(i), crowdUser(i));
}

/** Resolves when the poll of each of `count` users is held by Duo. The emulator forgets what was before: it keeps no endless list. */
export async function holdLogins(rig: Rig, { daemon }: RigDaemon, count: number): Promise<readonly HelperClient[]> {
  const { emulator } = rig;
  emulator.reset();
  addCrowd(rig, count);
  const helpers = await gather(daemon, emulator, count);
  await eventually("all polls held", () => pollCount(emulator) >= 2 * count, SETTLE_MS);
  return helpers;
}

/**
 * Whole logins of the first `count` users of a crowd, each approved. Leaving with the push out would not do: its slot is held
 * until Duo has ended it, and the same users come again.
 */
export async function serveLogins(rig: Rig, daemon: RigDaemon, count: number): Promise<void> {
  const helpers = await holdLogins(rig, daemon, count);
  for (let i = 0; i < count; i += 1) rig.emulator.approve(crowdName(i));
  await Promise.all(
    helpers.map(async (helper) => {
      await helper.nextOf("verdict");
      helper.leave();
    }),
  );
}
