// The first login after a while without one, which is what most logins on a real machine are: nothing but the daemon's own
// warmth has kept its connections. The aims are those of a warm daemon.

import { setTimeout as sleep } from "node:timers/promises";
import { aimOf, type Figure } from "../figure.ts";
import { passcodeLogin, pushLogin } from "../logins.ts";
import type { RigDaemon } from "../rig.ts";
import type { Row } from "../row.ts";

/** Longer than the daemon keeps a connection that nobody uses (20 s), and not in step with its pings (every 12 s). */
const REST_MS = 26_000;
/** They rest at the same time: one daemon for each pair of samples. */
const DAEMONS = 10;

const PUSH = { id: "rested-push-at-duo", title: "rested 26 s: PAM call until the push is at Duo" } as const;
const PASSCODE = { id: "rested-passcode-login", title: "rested 26 s: whole passcode login" } as const;

export const row: Row = {
  title: `the first login after ${REST_MS / 1000} s of rest`,
  async measure(rig) {
    const { quick, roundTripMs } = rig.settings;
    if (quick)
      return [PUSH, PASSCODE].map((what) => ({ kind: "not-measured", ...what, reason: "takes too long for --quick" }));
    const daemons: RigDaemon[] = [];
    for (let i = 0; i < 2 * DAEMONS; i += 1) {
      const daemon = await rig.startDaemon();
      await pushLogin(rig, daemon);
      daemons.push(daemon);
    }
    await sleep(REST_MS, undefined, { signal: rig.signal });
    const pushes: number[] = [];
    const passcodes: number[] = [];
    for (const [i, daemon] of daemons.entries()) {
      if (i % 2 === 0) pushes.push((await pushLogin(rig, daemon)).untilPush);
      else passcodes.push(await passcodeLogin(rig, daemon));
      rig.progress(i + 1, daemons.length);
    }
    for (const daemon of daemons) await daemon.stop();
    const shared = { kind: "measured", unit: "ms" } as const;
    const figures: readonly Figure[] = [
      { ...shared, ...PUSH, samples: pushes, aim: aimOf(1.5, 3, roundTripMs) },
      { ...shared, ...PASSCODE, samples: passcodes, aim: aimOf(2, 5, roundTripMs) },
    ];
    return figures;
  },
};
