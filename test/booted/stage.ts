// The scene of the booted tests: a booted machine with the package installed by apt, an emulator on its loopback, and
// duogate.conf written for it. What a test enables, breaks or upgrades, it does itself. No test stands here.

import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { type BootedSuite, showJournal } from "../support/booted.ts";
import type { Door, Entry } from "../support/booted-doors.ts";
import type { Machine } from "../support/booted-machine.ts";
import { aptInstall, configure, PACKAGE_UNITS } from "../support/booted-package.ts";
import type { LogLine } from "../support/gateway.ts";
import type { PtyText } from "../support/pty-text.ts";

/** The emulator's authority lives for a month. */
const EXPIRES = /the certificate .*Duo emulator test authority.* expires on/u;

type Settings = Parameters<typeof configure>[1];

export interface Stage {
  readonly machine: Machine;
  readonly duo: Emulator;
  /** What the daemon logs from now on, for waiting. */
  readonly log: PtyText;
}

/** Boots, installs the package, configures it and starts it. No PAM file is touched. */
export async function installedStage(suite: BootedSuite): Promise<Stage & AsyncDisposable> {
  const [machine, duo] = await Promise.all([suite.boot(), startEmulator()]);
  const dispose = async () => {
    await machine[Symbol.asyncDispose]();
    await duo.close();
  };
  try {
    await aptInstall(machine, suite.packageFile);
    configure(machine, { duo, failmode: "secure" });
    await machine.sh("systemctl restart duogated.service");
  } catch (error) {
    await showJournal(machine);
    await dispose();
    throw error;
  }
  return { machine, duo, log: followDaemon(machine), [Symbol.asyncDispose]: dispose };
}

/** What the daemon logs from now on. */
export function followDaemon(machine: Machine): PtyText {
  return machine.follow("journalctl --follow --lines=0 --unit=duogated.service --output=cat");
}

/** Rewrites duogate.conf and lets the running daemon read it. */
export async function reconfigure({ machine, duo, log }: Stage, settings: Omit<Settings, "duo">): Promise<void> {
  configure(machine, { ...settings, duo });
  log.skip();
  await machine.sh("systemctl reload duogated.service");
  await log.waitFor('"event":"reloaded"');
}

/** Knocks with the right password and a phone that approves or denies every push. */
export async function knockWith(
  { machine, duo }: Stage,
  door: Door,
  phone: "approve" | "deny" = "approve",
): Promise<Entry> {
  duo.whenPushed(door.asks, phone);
  return await door.knock(machine, { password: `${door.asks}-password`, factor: "1" });
}

/** Takes Duo's API away for as long as `body` runs, and comes back when the daemon has noticed that it is there again. */
export async function whileDuoIsAway<Value>({ duo, log }: Stage, body: () => Promise<Value>): Promise<Value> {
  log.skip();
  duo.fault("connect", { kind: "refuse" });
  try {
    return await body();
  } finally {
    await log.waitFor('"event":"outage-begin"');
    duo.clearFaults();
    await log.waitFor('"event":"outage-end"');
  }
}

/** The decisions in the journal, in order. */
export async function decisions({ machine }: Pick<Stage, "machine">): Promise<readonly LogLine[]> {
  const journal = await machine.sh("journalctl --sync; journalctl --unit=duogated.service --output=cat --no-pager");
  const lines = journal.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as LogLine).filter((line) => line["event"] === "decision");
}

/** No line of the journal from warnings upwards but those that a refused login leaves, and the `expected` ones. */
export async function assertQuietJournal({ machine }: Stage, expected: readonly RegExp[] = []): Promise<void> {
  const known = [/PAM: Authentication failure for alice/u, /incorrect password attempt/u, EXPIRES, ...expected];
  const journal = await machine.sh("journalctl --sync; journalctl --priority=warning --output=cat --no-pager");
  const odd = journal.split("\n").filter((line) => line !== "" && !known.some((one) => one.test(line)));
  assert.deepEqual(odd, []);
}

/** systemd is content: nothing failed, everything of ours runs. */
export async function assertHealthy({ machine }: Pick<Stage, "machine">): Promise<void> {
  const states = await machine.sh(`systemctl --failed --quiet; systemctl is-active ${PACKAGE_UNITS.join(" ")}`);
  assert.equal(states, "active\n".repeat(PACKAGE_UNITS.length));
}
