// Every fault of failures.ts at every step of a login, under both failmodes, in the three dialects: verdict, reason, PAM code,
// the failure's name in the log, how often auth was sent and the phone rang, the time, and nothing left behind. The whole table
// goes to dist/fault-matrix.txt; its sums, and every cell that is not as expected, are printed.

import assert from "node:assert/strict";
import { after, describe, type TestContext, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { DuoDialect } from "../../src/duo/dialect.ts";
import { startEmulator } from "../emulator/emulator.ts";
import { startDaemon } from "../support/gateway.ts";
import { baseline, expectDrains } from "../support/leak.ts";
import { expectNoSecrets, QUICK_DUO, setStage } from "../support/pam-stage.ts";
import { type Cell, cells, DIALECTS, FAILMODES, type Failmode } from "./cells.ts";
import { ONE_REQUEST_PER_CONNECTION_MS, runCell } from "./lane.ts";
import { runLogin } from "./login.ts";
import { MatrixTable } from "./matrix-table.ts";

/** Each lane is a daemon that mostly waits for timeouts. */
const LANES = 3;
const AT_ONCE = 18;
/** A cell that hangs must not hold up the others of its lane. */
const CELL = { timeout: 30_000 } as const;
const table = new MatrixTable();

after(() => table.publish());

describe("step × failure × failmode × dialect", { concurrency: AT_ONCE, timeout: 600_000 }, () => {
  for (const dialect of DIALECTS) {
    for (const failmode of FAILMODES) {
      const queue = [...cells(failmode, dialect)];
      for (let lane = 1; lane <= LANES; lane += 1) {
        test(`api=${dialect}, failmode=${failmode}, lane ${lane}`, (t) => runLane(t, failmode, dialect, queue));
      }
    }
  }
});

async function runLane(t: TestContext, failmode: Failmode, api: DuoDialect, queue: Cell[]): Promise<void> {
  if (queue.length === 0) return;
  const emulator = { keepAliveMs: ONE_REQUEST_PER_CONNECTION_MS, longPollMs: 200 };
  const duoLines = [...QUICK_DUO, "prompts = 2", `api = ${api}`];
  const stage = await setStage(t, { failmode, duoLines, emulator });
  // The daemon's own first calls are over, and meet none of the faults.
  await stage.daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");
  const before = baseline(stage.daemon);
  for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
    const own = cell;
    await t.test(`${own.step}: ${own.name}`, CELL, async () => {
      const report = await runCell(stage, own, before);
      const { failures, ms, ...ended } = report;
      const named = own.codes.length === 0 ? failures.length === 0 : failures.some((code) => own.codes.includes(code));
      const asExpected = isDeepStrictEqual(ended, own.expected) && named && ms < own.limitMs;
      table.add(own, report, asExpected);
      assert.deepEqual(ended, own.expected);
      assert.ok(
        named,
        `the log names ${failures.join() || "no failure"}; expected ${own.codes.join(" or ") || "none"}`,
      );
      assert.ok(ms < own.limitMs, `took ${ms} ms; expected less than ${own.limitMs}`);
    });
  }
  assert.deepEqual(
    stage.daemon.lines.filter(({ event }) => event === "defect"),
    [],
  );
  expectNoSecrets(stage, ["100001", "000000"]);
  await expectDrains(stage.daemon, stage.emulator);
}

/** The resolver is the machine's: only a name that has never an address can be had, so this is met at preauth alone. */
describe("a host name that cannot be resolved", { concurrency: 2 }, () => {
  for (const dialect of DIALECTS) {
    for (const failmode of FAILMODES) {
      test(`api=${dialect}, failmode=${failmode}`, async (t) => {
        const emulator = await startEmulator();
        t.after(() => emulator.close());
        const duo = { ...emulator, host: "duo.invalid" };
        const daemon = await startDaemon({ duo, failmode, duoLines: [...QUICK_DUO, `api = ${dialect}`] });
        t.after(() => daemon.stop());
        const login = {
          socket: daemon.pamSocket,
          user: "alice",
          budgetMs: 20_000,
          answers: [],
          onPrompt: () => assert.fail("a prompt"),
        };
        const { code, elapsedMs } = await runLogin(dialect, login);
        const used = await daemon.event("failmode-used");
        const decision = await daemon.event("decision");
        table.addUnresolved(dialect, failmode, { code, reason: String(decision["reason"]), ms: Math.round(elapsedMs) });
        assert.equal(code, failmode === "safe" ? "PAM_SUCCESS" : "PAM_AUTHINFO_UNAVAIL");
        // A resolver that is itself out of reach may take longer than connect_timeout.
        assert.ok(["resolve-failed", "connect-timeout"].includes(String(used["failure"])), JSON.stringify(used));
        assert.equal(decision["reason"], `failmode-${failmode}`);
        assert.ok(elapsedMs < 8000, `took ${elapsedMs} ms`);
        await expectDrains(daemon, emulator);
      });
    }
  }
});
