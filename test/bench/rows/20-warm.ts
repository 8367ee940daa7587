// Logins through a daemon that has served logins before: its connections to Duo are open.

import { aimOf, type Figure } from "../figure.ts";
import { type PushTimes, passcodeLogin, pushLogin } from "../logins.ts";
import type { Row } from "../row.ts";

/** Pairs of logins. A daemon that serves for days has its code compiled; 5 ms tell whether it has. */
const WARM_UP_LOGINS = 40;
const WARM_UP_LOGINS_QUICK = 5;

export const row: Row = {
  title: "logins on a warm daemon",
  async measure(rig) {
    const { count, quick, roundTripMs } = rig.settings;
    const daemon = await rig.startDaemon();
    for (let i = 0; i < (quick ? WARM_UP_LOGINS_QUICK : WARM_UP_LOGINS); i += 1) {
      await pushLogin(rig, daemon);
      await passcodeLogin(rig, daemon);
    }
    const pushes: PushTimes[] = [];
    const passcodes: number[] = [];
    for (let i = 0; i < count; i += 1) {
      pushes.push(await pushLogin(rig, daemon));
      passcodes.push(await passcodeLogin(rig, daemon));
      rig.progress(i + 1, count);
    }
    await daemon.stop();
    return figures(pushes, passcodes, roundTripMs);
  },
};

function figures(pushes: readonly PushTimes[], passcodes: readonly number[], roundTripMs: number): readonly Figure[] {
  const shared = { kind: "measured", unit: "ms" } as const;
  return [
    {
      ...shared,
      id: "warm-push-at-duo",
      title: "warm: PAM call until the push is at Duo",
      samples: pushes.map(({ untilPush }) => untilPush),
      aim: aimOf(1.5, 3, roundTripMs),
    },
    {
      ...shared,
      id: "warm-approval-to-verdict",
      title: "warm: approval until PAM returns",
      samples: pushes.map(({ untilVerdict }) => untilVerdict),
      aim: aimOf(0.5, 3, roundTripMs),
    },
    {
      ...shared,
      id: "warm-passcode-login",
      title: "warm: whole passcode login",
      samples: passcodes,
      aim: aimOf(2, 5, roundTripMs),
    },
  ];
}
