// What the daemon's own pings leave in the log: one line for each change, none that repeats.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DuoHealth } from "../../../../src/cli/daemon/duo-health.ts";
import type { DuoFailure, DuoFailureCode } from "../../../../src/core/failure.ts";
import { err, ok, type Result } from "../../../../src/core/result.ts";
import type { DuoService } from "../../../../src/duo/service.ts";
import { createAudit } from "../../../../src/telemetry/audit.ts";
import { createLogger } from "../../../../src/telemetry/logger.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { failure } from "../../../support/fake-duo.ts";

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
  return { api, usersApi: api, outage, touch: () => {}, ping: none, check: () => Promise.resolve(check), close: none };
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

  it("warns once of a clock that is off by more than 30 s, and says when it is right again", () => {
    const { lines, health } = bench();
    for (const offsetMs of [0, 29_000, -45_000, 45_000, 500]) health.pinged(well, offsetMs);
    assert.deepEqual(
      lines.map((line) => [line["level"], line["offset_s"]]),
      [
        ["info", undefined],
        ["warn", -45],
        ["info", undefined],
      ],
    );
  });

  it("warns of the root that Duo uses from 90 days before its end, once a day", () => {
    const { lines, health, clock } = bench();
    const day = 24 * 60 * 60 * 1000;
    const root = { subject: "Some Root", expiresMs: clock.wallMs() + 91 * day };
    health.sawRoot(root);
    assert.deepEqual(lines, []);
    clock.advance(1.5 * day);
    health.sawRoot(root);
    health.sawRoot(root);
    clock.advance(day);
    health.sawRoot(root);
    assert.deepEqual(
      lines.map((line) => [line["level"], line["subject"], line["expires"]]),
      [1, 2].map(() => ["warn", "Some Root", "2027-02-20"]),
    );
  });

  it("writes an outage's begin and end as audit events", () => {
    const { lines, health } = bench();
    health.events.onOutageBegin(failure("connect-failed", "preauth"));
    health.events.onOutageEnd({ durationMs: 1500, affectedLogins: 3, answered: true });
    assert.deepEqual(
      lines.map((line) => [line["event"], line["failure"], line["affected_logins"]]),
      [
        ["outage-begin", "connect-failed", undefined],
        ["outage-end", undefined, 3],
      ],
    );
  });
});
