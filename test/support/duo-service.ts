// A Duo service for tests that need no daemon: the real one, against an emulator, with a clock that can be put forward.

import { readFileSync } from "node:fs";
import { type Clock, systemClock } from "../../src/core/clock.ts";
import { Secret } from "../../src/core/secret.ts";
import type { DuoSubject, FactorChoice, Preauth } from "../../src/duo/api.ts";
import type { DuoServiceEvents, DuoServiceSettings } from "../../src/duo/service.ts";

/** Real timers, but now() and wallMs() can be put forward, as if a user had taken their time. */
export class ShiftedClock implements Clock {
  #shiftMs = 0;

  now(): number {
    return systemClock.now() + this.#shiftMs;
  }

  wallMs(): number {
    return systemClock.wallMs() + this.#shiftMs;
  }

  after(ms: number, callback: () => void) {
    return systemClock.after(ms, callback);
  }

  putForward(ms: number): void {
    this.#shiftMs += ms;
  }
}

export interface EmulatorPlace {
  readonly port: number;
  readonly ikey: string;
  readonly skey: string;
  readonly caFile: string;
}

export function settingsFor(emulator: EmulatorPlace, change: Partial<DuoServiceSettings> = {}): DuoServiceSettings {
  return {
    ikey: emulator.ikey,
    skey: new Secret(emulator.skey),
    host: "localhost",
    port: emulator.port,
    caCertificates: [readFileSync(emulator.caFile, "utf8")],
    httpProxy: undefined,
    connectTimeoutMs: 3000,
    requestTimeoutMs: 5000,
    pollTimeoutMs: 10_000,
    bodyTimeoutMs: 3000,
    api: "v2",
    failmode: "secure",
    keepWarmMs: 0,
    userAgent: "duogate/test",
    ...change,
  };
}

export const noEvents: DuoServiceEvents = {
  onPing: () => undefined,
  onOutageBegin: () => undefined,
  onOutageEnd: () => undefined,
  onRoot: () => undefined,
  onExchange: () => undefined,
  onCall: () => undefined,
};

export const ALICE: DuoSubject = { username: "alice", ipaddr: undefined, hostname: "test.example.org" };

/** The push that the menu of this preauth offers first. */
export function pushOf(preauth: Preauth): FactorChoice {
  if (preauth.kind !== "auth" || preauth.menu.preferred === undefined) throw new Error(`no push: ${preauth.kind}`);
  return { kind: "option", option: preauth.menu.preferred, txid: undefined, pushinfo: [] };
}
