// Owns what is measured on: the emulator of Duo, the relay that makes the way to it long, daemons as processes of their own,
// and private PAM services. Measures nothing itself. Called by main.ts, which gives it to every row.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { makePrivateFolder, type PrivateFolder } from "../demo/private-folder.ts";
import { CannotRun, checkMachine, stopDaemon } from "../demo/stage.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { startDaemon, type TestDaemon } from "../support/gateway.ts";
import { type Relay, startRelay } from "../support/relay.ts";
import { measureHopCost } from "../support/relay-calibrate.ts";
import { repositoryFile } from "../support/repository.ts";

export interface Settings {
  readonly roundTripMs: number;
  /** Samples of each figure of a warm daemon; a cold one, which has to be started anew, gets a fifth. */
  readonly count: number;
  readonly quick: boolean;
}

export interface Rig {
  readonly settings: Settings;
  readonly emulator: Emulator;
  readonly relay: Relay;
  /** What was taken off the relay's delay, so that an echo of one byte takes R. */
  readonly hopCostMs: number;
  readonly folder: PrivateFolder;
  /** The harness that runs one PAM transaction. */
  readonly pamRun: string;
  readonly signal: AbortSignal;
  readonly progress: (done: number, of: number) => void;
  /** A daemon of its own, and the PAM service that leads to it; resolves as soon as it answers. */
  startDaemon(options?: RigDaemonOptions): Promise<RigDaemon>;
  close(): Promise<void>;
}

export interface RigDaemonOptions {
  /** To the emulator without the relay: where work is measured, and not waiting. */
  readonly direct?: boolean;
  readonly duoLines?: readonly string[];
  readonly gatewayLines?: readonly string[];
}

export interface RigDaemon {
  readonly service: string;
  readonly daemon: TestDaemon;
  stop(): Promise<void>;
}

/** What the harness prints the moment before the module is called. */
export const STARTED = "bench-started";

/** The user of every measurement. */
export const USER = "alice";

export async function makeRig(settings: Settings, progress: Rig["progress"], signal: AbortSignal): Promise<Rig> {
  const module = checkMachine();
  const pamRun = harness();
  const folder = makePrivateFolder("duogate-bench-");
  const closers: (() => Promise<unknown>)[] = [async () => folder.remove()];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const emulator = await startEmulator();
    closers.push(() => emulator.close());
    const { roundTripMs } = settings;
    const hopCostMs = await measureHopCost(roundTripMs);
    const relay = await startRelay({ targetPort: emulator.port, roundTripMs, hopCostMs });
    closers.push(() => relay.close());
    const { ikey, skey, caFile } = emulator;
    const duo = { ikey, skey, caFile, host: `localhost:${relay.port}` };
    const running = new Set<RigDaemon>();
    process.once("exit", () => {
      for (const { daemon } of running) daemon.kill("SIGKILL");
    });
    closers.push(() => Promise.all([...running].map((one) => one.stop())));
    let started = 0;
    return {
      ...{ settings, emulator, relay, hopCostMs, folder, pamRun, signal, progress, close },
      async startDaemon({ direct = false, duoLines = [], gatewayLines = [] } = {}) {
        signal.throwIfAborted();
        started += 1;
        const service = `bench-${started}`;
        const daemon = await startDaemon({
          duo: direct ? emulator : duo,
          folder: folder.folder(service),
          duoLines,
          gatewayLines: ["shutdown_timeout = 1s", ...gatewayLines],
        });
        const line = `auth required ${module} socket=${daemon.pamSocket} owner=${process.getuid?.() ?? 0}`;
        folder.service(service, [`auth optional pam_echo.so ${STARTED}`, line]);
        folder.service(`${service}-plain`, [line]);
        const one: RigDaemon = {
          ...{ service, daemon },
          async stop() {
            if (!running.delete(one)) return;
            await stopDaemon(daemon);
          },
        };
        running.add(one);
        return one;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function harness(): string {
  const file = repositoryFile("native/build/pam-run");
  if (existsSync(file)) return file;
  const made = spawnSync("make", ["--silent", "-C", repositoryFile("native"), "harness"], { encoding: "utf8" });
  if (made.status === 0) return file;
  throw new CannotRun(`${file} could not be built: ${made.stderr || made.error?.message}`);
}
