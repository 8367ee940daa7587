// What logins that wait cost the others: whole passcode logins through one daemon, first alone and then beside pending ones.
// Without the relay: its round trips would only hide the difference.

import { type Figure, summarise } from "../figure.ts";
import { passcodeLogin } from "../logins.ts";
import { cannotHold, holdLogins } from "../pending.ts";
import type { Rig, RigDaemon } from "../rig.ts";
import type { Row } from "../row.ts";

const PENDING = 500;
const PENDING_QUICK = 100;
const LOGINS = 300;
const LOGINS_QUICK = 30;
const AIM_MS = 10;
export const row: Row = {
  title: "logins beside pending ones",
  async measure(rig) {
    const { quick } = rig.settings;
    const [count, pending] = quick ? [LOGINS_QUICK, PENDING_QUICK] : [LOGINS, PENDING];
    const reason = cannotHold(pending);
    if (reason !== undefined) return [{ kind: "not-measured", ...addedBy(pending), reason }];
    const daemon = await rig.startDaemon({ direct: true });
    await logins(rig, daemon, count);
    const alone = await logins(rig, daemon, count);
    rig.progress(1, 2);
    const helpers = await holdLogins(rig, daemon, pending);
    const beside = await logins(rig, daemon, count);
    rig.progress(2, 2);
    for (const helper of helpers) helper.leave();
    await daemon.stop();
    return figures(alone, beside, pending);
  },
};

function addedBy(pending: number): Pick<Figure, "id" | "title"> {
  return { id: "added-by-pending-p99", title: `added to the p99 of a passcode login by ${pending} pending` };
}

async function logins(rig: Rig, daemon: RigDaemon, count: number): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let i = 0; i < count; i += 1) samples.push(await passcodeLogin(rig, daemon));
  return samples;
}

function figures(alone: readonly number[], beside: readonly number[], pending: number): readonly Figure[] {
  const shared = { kind: "measured", unit: "ms" } as const;
  // The figure is one number: how much later the slowest of a hundred logins is.
  const added = Math.max(0, summarise(beside).p99 - summarise(alone).p99);
  return [
    { ...shared, id: "alone-passcode-login", title: "no relay: passcode login, none pending", samples: alone },
    {
      ...shared,
      id: "beside-pending-passcode-login",
      title: `no relay: passcode login, ${pending} pending`,
      samples: beside,
    },
    { ...shared, ...addedBy(pending), samples: [added], aim: { words: "10 ms", limit: AIM_MS } },
  ];
}
