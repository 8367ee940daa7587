// What the daemon's own pings leave in the log: one line for each change, none that repeats.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DuoHealth } from "../../../src/cli/duo-health.ts";
import type { DuoFailure, DuoFailureCode } from "../../../src/core/failure.ts";
import { err, ok, type Result } from "../../../src/core/result.ts";
import type { DuoService } from "../../../src/duo/service.ts";
import { createAudit } from "../../../src/telemetry/audit.ts";
import { createLogger } from "../../../src/telemetry/logger.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { failure } from "../../support/fake-duo.ts";

function bench() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const clock = new FakeClock();
  const logger = createLogger({ level: "debug", destination, clock });
  return { lines, clock, health: new DuoHealth(logger, createAudit(logger), clock) };
}

const well = ok({ time: 1, believable: true });
const astray = ok({ time: 1, believable: false });
const down = err(failure("connect-failed", "ping"));

function answering(check: Result<void, DuoFailure>): DuoService {
  const none = () => Promise.reject(new Error("not called"));
  const api = { preauth: none, auth: none, authStatus: none };
  const outage = { now: undefined, outages: 0 };
  return { api, outage, touch: () => {}, ping: none, check: () => Promise.resolve(check), close: none };
}

describe("DuoHealth", () => {
  it("writes a line for each change of the pings' outcome", () => {
    const { lines, health } = bench();
    for (const result of [well, well, down, down, err(failure("timeout", "ping")), astray, astray, well]) {
      health.pinged(result);
    }
    assert.deepEqual(
      lines.map(({ level, failure: code }) => [level, code]),
      [
        ["info", undefined],
        ["warn", "connect-failed"],
        ["warn", "timeout"],
        ["error", undefined],
        ["info", undefined],
      ],
    );
  });

  const checks: readonly (readonly [DuoFailureCode, string | undefined])[] = [
    ["bad-keys", "error"],
    ["bad-signature", "error"],
    ["bad-clock", "error"],
    ["connect-failed", "warn"],
    ["invalid-response", "warn"],
    ["cancelled", undefined],
  ];
  for (const [code, level] of checks) {
    it(`says at start that the check of the keys failed with ${code}: ${level ?? "no line"}`, async () => {
      const { lines, health } = bench();
      await health.checkKeys(answering(err(failure(code, "ping"))), new AbortController().signal);
      assert.deepEqual(
        lines.map((line) => line["level"]),
        level === undefined ? [] : [level],
      );
    });
  }

  it("says that the keys are right", async () => {
    const { lines, health } = bench();
    await health.checkKeys(answering(ok(undefined)), new AbortController().signal);
    assert.deepEqual([lines.length, lines[0]?.["level"]], [1, "info"]);
  });
});
