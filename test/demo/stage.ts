// Owns what the demo's logins run on: the emulator of Duo, the real daemon as a process of its own, and a private PAM stack
// with the real module. Starts it, changes its settings by reload, takes it down. Plays nothing itself. Called by main.ts.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { startDaemon, type TestDaemon } from "../support/gateway.ts";
import { repositoryFile } from "../support/repository.ts";
import { orAborted } from "./interrupt.ts";
import { makePrivateFolder } from "./private-folder.ts";

export type Failmode = "safe" | "secure";

export interface Stage {
  readonly emulator: Emulator;
  readonly daemon: TestDaemon;
  readonly confdir: string;
  /** Reloads the daemon with that failmode, unless it is in force. */
  setFailmode(failmode: Failmode): Promise<void>;
  close(): Promise<void>;
}

/** The machine lacks something; the message says what to do. */
export class CannotRun extends Error {}

export const MACHINE = "demo.example.org";
export const SERVICE = "sshd";
const CLOSE_LIMIT_MS = 5000;

/** Says what the machine lacks before anything is started. */
export function checkMachine(): string {
  const module = repositoryFile("native/build/pam_duogate.so");
  if (!existsSync(module)) throw new CannotRun(`${module} is missing: run npm run build`);
  if (spawnSync("openssl", ["version"]).status !== 0) {
    throw new CannotRun("the openssl command is missing: install it (Debian: apt-get install openssl)");
  }
  return module;
}

/** `progress` hears what is being started. Rejects when something does not start; then nothing is left behind. */
export async function startStage(progress: (what: string) => void, signal: AbortSignal): Promise<Stage> {
  const module = checkMachine();
  const folder = makePrivateFolder("duogate-demo-");
  const closers: (() => Promise<unknown>)[] = [async () => folder.remove()];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    progress("Duo's emulator, with TLS");
    const emulator = await startEmulator();
    closers.push(() => emulator.close());
    signal.throwIfAborted();
    progress("duogated, as a process of its own");
    const runtimeDir = folder.folder("run");
    const daemon = await startDaemon({
      duo: emulator,
      folder: runtimeDir,
      duoLines: ["pushinfo = yes"],
      gatewayLines: [`hostname = ${MACHINE}`, "shutdown_timeout = 1s"],
    });
    process.once("exit", () => daemon.kill("SIGKILL"));
    closers.push(() => stopDaemon(daemon));
    signal.throwIfAborted();
    folder.service(SERVICE, [`auth required ${module} socket=${daemon.pamSocket} owner=${process.getuid?.() ?? 0}`]);
    let failmode: Failmode = "secure";
    return {
      emulator,
      daemon,
      confdir: folder.confdir,
      close,
      async setFailmode(wanted) {
        if (wanted === failmode) return;
        failmode = wanted;
        const after = daemon.lines.length;
        daemon.writeConfig({ failmode });
        daemon.kill("SIGHUP");
        await orAborted(daemon.event("reloaded", { after }), signal);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** In order if it can be, by force if the daemon does not end. */
export async function stopDaemon(daemon: TestDaemon): Promise<void> {
  const force = setTimeout(() => daemon.kill("SIGKILL"), CLOSE_LIMIT_MS);
  await daemon.stop();
  clearTimeout(force);
}
