// An emulator and a daemon that belong together for the length of one test, with what every test of a login asks of them:
// the decision line, the requests, and that no secret was written anywhere.

import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Emulator, type EmulatorOptions, startEmulator } from "../emulator/emulator.ts";
import type { Endpoint, RecordedRequest } from "../emulator/store/records.ts";
import { type DaemonOptions, type LogLine, startDaemon, type TestDaemon } from "./gateway.ts";

/** Limits that make every failure show within seconds. The least that the options allow would be met by mere load. */
export const QUICK_DUO = ["connect_timeout = 2s", "request_timeout = 2s", "body_timeout = 2s", "poll_timeout = 5s"];
export const QUICK_GATEWAY = ["answer_timeout = 5s", "login_timeout = 10s", "shutdown_timeout = 1s"];

export interface StageOptions extends Partial<Omit<DaemonOptions, "duo">> {
  readonly emulator?: EmulatorOptions;
  /** Runs before the daemon starts, to plan faults that its first ping must meet. */
  readonly before?: (emulator: Emulator) => void;
}

export interface Stage {
  readonly emulator: Emulator;
  readonly daemon: TestDaemon;
}

/** Starts both. They end with the test, if the test has not ended them. */
export async function setStage(t: TestContext, options: StageOptions = {}): Promise<Stage> {
  const { emulator: emulatorOptions = {}, before, ...daemonOptions } = options;
  const emulator = await startEmulator(emulatorOptions);
  t.after(() => emulator.close());
  before?.(emulator);
  const quick = { duoLines: QUICK_DUO, gatewayLines: QUICK_GATEWAY };
  const daemon = await startDaemon({ duo: emulator, ...quick, ...daemonOptions });
  t.after(() => daemon.stop());
  return { emulator, daemon };
}

/** The decision of the next login, or of the one after `after` lines. */
export function decision(daemon: TestDaemon, after = 0): Promise<LogLine> {
  return daemon.event("decision", { after });
}

/** Requests that belong to logins, not to the daemon's own pings. */
export function loginRequests(emulator: Emulator): readonly RecordedRequest[] {
  const own: readonly (Endpoint | undefined)[] = ["ping", "check"];
  return emulator.requests.filter(({ endpoint }) => !own.includes(endpoint));
}

/** Resolves when a poll is held: the push is out, and its first state has been told and shown. */
export async function pollHeld(emulator: Emulator, after: number): Promise<number> {
  const first = await emulator.nextRequest("auth_status", { after });
  const second = await emulator.nextRequest("auth_status", { after: first.sequence });
  return second.sequence;
}

/** SECURITY: neither the log nor standard error holds a secret. Short ones, such as "1", would be found by chance. */
export function expectNoSecrets({ daemon, emulator }: Stage, secrets: readonly string[]): void {
  const written = `${JSON.stringify(daemon.lines)}\n${daemon.stderr()}`;
  for (const secret of [emulator.skey, "Authorization", "authorization", "Basic ", ...secrets]) {
    assert.ok(!written.includes(secret), `the daemon wrote a secret: ${written}`);
  }
}
