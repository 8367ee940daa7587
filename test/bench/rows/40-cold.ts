// Logins through a daemon that has just been started: no connection to Duo is open. No aim: it has to connect first.

import type { Figure } from "../figure.ts";
import { type PushTimes, passcodeLogin, pushLogin } from "../logins.ts";
import type { Rig, RigDaemon } from "../rig.ts";
import type { Row } from "../row.ts";

/** Each cold login costs the start of a daemon. */
const COLD_SHARE = 5;

export const row: Row = {
  title: "the first login of a daemon",
  async measure(rig) {
    const count = Math.max(2, Math.ceil(rig.settings.count / COLD_SHARE));
    const pushes: PushTimes[] = [];
    const passcodes: number[] = [];
    for (let i = 0; i < count; i += 1) {
      pushes.push(await firstLogin(rig, pushLogin));
      passcodes.push(await firstLogin(rig, passcodeLogin));
      rig.progress(i + 1, count);
    }
    return figures(pushes, passcodes);
  },
};

async function firstLogin<T>(rig: Rig, login: (rig: Rig, daemon: RigDaemon) => Promise<T>): Promise<T> {
  const daemon = await rig.startDaemon();
  try {
    return await login(rig, daemon);
  } finally {
    await daemon.stop();
  }
}

function figures(pushes: readonly PushTimes[], passcodes: readonly number[]): readonly Figure[] {
  const shared = { kind: "measured", unit: "ms" } as const;
  return [
    {
      ...shared,
      id: "cold-push-at-duo",
      title: "cold: PAM call until the push is at Duo",
      samples: pushes.map(({ untilPush }) => untilPush),
    },
    {
      ...shared,
      id: "cold-approval-to-verdict",
      title: "cold: approval until PAM returns",
      samples: pushes.map(({ untilVerdict }) => untilVerdict),
    },
    { ...shared, id: "cold-passcode-login", title: "cold: whole passcode login", samples: passcodes },
  ];
}
