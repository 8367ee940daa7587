// Every fault of fault/cells.ts, at every stage of a login, under both failmodes: verdict, reason, PAM code, the failure's
// name in the log, how often the phone rang, and nothing left behind. Prints its table of cells at the end.

import assert from "node:assert/strict";
import { after, describe, type TestContext, test } from "node:test";
import { startEmulator } from "../emulator/emulator.ts";
import { startDaemon } from "../support/gateway.ts";
import { baseline, expectDrains } from "../support/leak.ts";
import { runModule } from "../support/pam-module.ts";
import { expectNoSecrets, QUICK_DUO, setStage } from "../support/pam-stage.ts";
import { type Cell, cells, type Failmode } from "./cells.ts";
import { ONE_REQUEST_PER_CONNECTION_MS, runCell } from "./lane.ts";

/** Each lane is a daemon that mostly waits for timeouts. */
const LANES = 3;
const FAILMODES: readonly Failmode[] = ["safe", "secure"];

describe("stage × failure × failmode", { concurrency: FAILMODES.length * LANES, timeout: 180_000 }, () => {
  const table: string[] = [];
  for (const failmode of FAILMODES) {
    const queue = [...cells(failmode)];
    for (let lane = 1; lane <= LANES; lane += 1) {
      test(`failmode=${failmode}, lane ${lane}`, (t) => runLane(t, failmode, queue, table));
    }
  }
  after(() => void process.stdout.write(`${table.sort().join("\n")}\n${table.length} cells\n`));
});

async function runLane(t: TestContext, failmode: Failmode, queue: Cell[], table: string[]): Promise<void> {
  const emulator = { keepAliveMs: ONE_REQUEST_PER_CONNECTION_MS, longPollMs: 500 };
  const stage = await setStage(t, { failmode, duoLines: [...QUICK_DUO, "prompts = 1"], emulator });
  // The daemon's own first calls are over, and meet none of the faults.
  await stage.daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");
  const before = baseline(stage.daemon);
  for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
    const { stage: at, name, expected, codes } = cell;
    await t.test(`${at}: ${name}`, async () => {
      const { failures, ms, ...ended } = await runCell(stage, cell, before);
      table.push(
        [at, name, failmode, ...Object.values(ended), failures.join() || "-", `${ms} ms`]
          .map((c) => `${c}`)
          .join(" | "),
      );
      assert.deepEqual(ended, expected);
      const named = codes.length === 0 ? failures.length === 0 : failures.some((failure) => codes.includes(failure));
      assert.ok(named, `the log names ${failures.join() || "no failure"}; expected ${codes.join(" or ") || "none"}`);
    });
  }
  assert.deepEqual(
    stage.daemon.lines.filter(({ event }) => event === "defect"),
    [],
  );
  expectNoSecrets(stage, ["100001"]);
  await expectDrains(stage.daemon, stage.emulator);
}

describe("a host name that cannot be resolved", { concurrency: 2 }, () => {
  for (const failmode of FAILMODES) {
    test(`failmode=${failmode}`, async (t) => {
      const emulator = await startEmulator();
      t.after(() => emulator.close());
      const duo = { ...emulator, host: "duo.invalid" };
      const daemon = await startDaemon({ duo, failmode, duoLines: QUICK_DUO });
      t.after(() => daemon.stop());
      const login = await runModule({ socket: daemon.pamSocket });
      assert.equal(login.code, failmode === "safe" ? "PAM_SUCCESS" : "PAM_AUTHINFO_UNAVAIL");
      const used = await daemon.event("failmode-used");
      // A resolver that is itself out of reach may take longer than connect_timeout.
      assert.ok(["resolve-failed", "connect-timeout"].includes(String(used["failure"])), JSON.stringify(used));
      assert.equal((await daemon.event("decision"))["reason"], `failmode-${failmode}`);
      await expectDrains(daemon, emulator);
    });
  }
});
