// What a login that waits for its user costs in the daemon's memory: what the process holds with all of them pending, less what
// it held before, for each. The growth of the resident set, so garbage that was not collected yet counts, too.

import { residentBytes } from "../../support/crowd.ts";
import { cannotHold, holdLogins, serveLogins } from "../pending.ts";
import type { Row } from "../row.ts";

const COUNT = 1000;
const COUNT_QUICK = 100;
const WARM_UP = 50;
const RUNS = 3;
const ID = { id: "memory-per-pending-login", title: "memory of the daemon per pending login" } as const;

export const row: Row = {
  title: "memory of pending logins",
  async measure(rig) {
    const { quick } = rig.settings;
    const count = quick ? COUNT_QUICK : COUNT;
    const reason = cannotHold(count);
    if (reason !== undefined) return [{ kind: "not-measured", ...ID, reason }];
    const samples: number[] = [];
    for (let run = 0; run < (quick ? 1 : RUNS); run += 1) {
      const daemon = await rig.startDaemon({ direct: true });
      await serveLogins(rig, daemon, WARM_UP);
      const before = residentBytes(daemon.daemon.pid);
      const helpers = await holdLogins(rig, daemon, count);
      samples.push((residentBytes(daemon.daemon.pid) - before) / count / 1024);
      for (const helper of helpers) helper.leave();
      await daemon.stop();
      rig.progress(run + 1, RUNS);
    }
    const title = `${ID.title}, ${count} pending`;
    return [{ kind: "measured", ...ID, title, unit: "KiB", samples, aim: { words: "40 KiB", limit: 40 } }];
  },
};
