// `duogate run`: the daemon. Puts all parts together, opens the sockets, and follows the signals: SIGTERM and SIGINT drain
// and end, a second one ends at once, SIGHUP reloads.

import { randomUUID } from "node:crypto";
import { formatProblems } from "../../config/problem.ts";
import { systemClock } from "../../core/clock.ts";
import { openLibc } from "../../ffi/libc.ts";
import { createNotifier, type Notifier } from "../../ffi/notify.ts";
import { disableCoreDumps } from "../../ffi/process.ts";
import { ownLimits } from "../../host/process-limits.ts";
import { loadFitting } from "../check/load-fitting.ts";
import { EXIT } from "../exit-codes.ts";
import { Daemon } from "./daemon.ts";
import { listenPlaces } from "./sockets.ts";

export interface RunOptions {
  readonly config: string;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  /** For what must be said before there is a log: one line for a person. */
  readonly complain: (line: string) => void;
}

/** Runs until a signal ends it. Returns the exit code. */
export async function run({ config: path, version, env, complain }: RunOptions): Promise<number> {
  const libc = openLibc();
  if (!libc.ok) return refuse(complain, `duogate cannot run here: ${JSON.stringify(libc.error)}`, EXIT.cannotRun);
  // SECURITY: before the secret key is read.
  const sealed = disableCoreDumps(libc.value);
  if (!sealed.ok) return refuse(complain, `core dumps cannot be switched off: ${sealed.error.call}`, EXIT.cannotRun);
  const limits = ownLimits();
  const load = () => loadFitting(path, { credentialsDirectory: env["CREDENTIALS_DIRECTORY"] }, async () => limits);
  const config = await load();
  if (!config.ok) return refuse(complain, formatProblems(config.error), EXIT.invalid);
  const notifier = createNotifier(libc.value, env);
  if (!notifier.ok) return refuse(complain, `${notifier.error.variable} makes no sense`, EXIT.cannotRun);
  delete env["NOTIFY_SOCKET"];
  const places = listenPlaces(env, config.value.gateway.runtimeDir);
  if (!places.ok) return refuse(complain, places.error, EXIT.cannotRun);
  const daemon = new Daemon({
    config: config.value,
    configFile: path,
    load,
    libc: libc.value,
    clock: systemClock,
    version,
    newId: randomUUID,
  });
  const signals = followSignals(daemon, notifier.value);
  try {
    await daemon.open(places.value);
  } catch (error) {
    await daemon.close("a socket could not be opened");
    return refuse(complain, error instanceof Error ? error.message : String(error), EXIT.cannotRun);
  }
  return await untilStopped(daemon, notifier.value, signals.stopped);
}

/** Before the sockets are open, so that no signal meets the default action, which is to end without a word. */
function followSignals(daemon: Daemon, notifier: Notifier): { readonly stopped: Promise<string> } {
  process.on("SIGHUP", () => {
    notifier.reloading();
    void daemon.reload().then(() => notifier.ready());
  });
  let first: string | undefined;
  const stopped = new Promise<string>((resolve) => {
    const stop = (signal: string) => {
      if (first !== undefined) daemon.stopNow();
      first ??= signal;
      resolve(first);
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
  });
  return { stopped };
}

async function untilStopped(daemon: Daemon, notifier: Notifier, stopped: Promise<string>): Promise<number> {
  const interval = notifier.watchdogIntervalMs;
  const watchdog = interval === undefined ? undefined : setInterval(() => notifier.watchdog(), interval / 2);
  notifier.ready("answering logins");
  const cause = await stopped;
  notifier.stopping();
  await daemon.close(cause);
  clearInterval(watchdog);
  return EXIT.ok;
}

function refuse(complain: (line: string) => void, line: string, code: number): number {
  complain(line);
  return code;
}
