// Owns what the service tells systemd about itself: ready, reloading, stopping, status, watchdog.
// Must not decide when. Needs no libsystemd: the protocol is one datagram per message. Used by the composition root.

import { err, ok, type Result } from "../core/result.ts";
import { sendDatagram, type UnixAddress, unixAddress } from "./datagram.ts";
import type { SystemCallFailure } from "./failure.ts";
import type { Libc } from "./libc.ts";

/** The environment as the service manager set it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `bad-variable`: the manager's variable makes no sense; `variable` names it. */
export type NotifySetupFailure = { readonly code: "bad-variable"; readonly variable: string };

export type Notified = Result<void, SystemCallFailure>;

/** Every method is a success that does nothing when no service manager listens. A failure is for the log only. */
export interface Notifier {
  /** Whether a service manager listens. */
  readonly enabled: boolean;
  /** How often the manager wants to hear from us, in milliseconds; ping twice as often. Undefined: no watchdog. */
  readonly watchdogIntervalMs: number | undefined;
  ready(status?: string): Notified;
  reloading(): Notified;
  stopping(): Notified;
  status(text: string): Notified;
  watchdog(): Notified;
}

const MAX_STATUS = 200;

/**
 * Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. The caller removes them from the environment it hands on.
 * Source: sd_notify(3), sd_watchdog_enabled(3).
 */
export function createNotifier(
  libc: Libc,
  env: Environment,
  pid: number = process.pid,
): Result<Notifier, NotifySetupFailure> {
  const name = env["NOTIFY_SOCKET"];
  const to = name === undefined ? undefined : unixAddress(name);
  if (name !== undefined && to === undefined) return err({ code: "bad-variable", variable: "NOTIFY_SOCKET" });
  const interval = watchdogInterval(env, pid);
  return interval.ok ? ok(notifierTo(libc, to, interval.value)) : interval;
}

function notifierTo(libc: Libc, to: UnixAddress | undefined, watchdogIntervalMs: number | undefined): Notifier {
  const send = (...lines: string[]): Notified =>
    to === undefined ? ok(undefined) : sendDatagram(libc, to, `${lines.join("\n")}\n`);
  return {
    enabled: to !== undefined,
    watchdogIntervalMs,
    ready: (status) => (status === undefined ? send("READY=1") : send("READY=1", statusLine(status))),
    // Type=notify-reload wants the time the reload began, to tell this message from an older one.
    reloading: () => send("RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping: () => send("STOPPING=1"),
    status: (text) => send(statusLine(text)),
    watchdog: () => send("WATCHDOG=1"),
  };
}

/** SECURITY: a line feed in the text would start another assignment, so no control character gets through. */
function statusLine(text: string): string {
  return `STATUS=${text.replace(/\p{Cc}/gu, " ").slice(0, MAX_STATUS)}`;
}

function watchdogInterval(env: Environment, pid: number): Result<number | undefined, NotifySetupFailure> {
  const usec = env["WATCHDOG_USEC"];
  if (usec === undefined) return ok(undefined);
  const interval = decimal(usec);
  if (interval === undefined || interval === 0) return err({ code: "bad-variable", variable: "WATCHDOG_USEC" });
  const forPid = env["WATCHDOG_PID"];
  if (forPid === undefined) return ok(interval / 1000);
  const wanted = decimal(forPid);
  if (wanted === undefined || wanted === 0) return err({ code: "bad-variable", variable: "WATCHDOG_PID" });
  return ok(wanted === pid ? interval / 1000 : undefined);
}

function decimal(text: string): number | undefined {
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}
