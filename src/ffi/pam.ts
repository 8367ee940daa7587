// Owns running a real PAM transaction as an application does, with an asynchronous conversation.
// Must not decide what a code means. Used by `duogate login-test`, the demo and the tests, never by the daemon.
//
// Why a process per transaction: libpam calls the conversation on the thread that called pam_authenticate and wants the
// answer as its return value, so some thread has to block. ffi-napi's threads cannot (their callbacks run to completion on
// the main thread); a worker_thread can, but one that hangs inside a module can be neither ended nor outlived by
// process.exit, shares its environment and signal handlers with us, and takes us along when the module crashes.

import { spawn } from "node:child_process";
import { extname } from "node:path";
import { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { type Clock, systemClock } from "../core/clock.ts";
import { err, ok, type Result } from "../core/result.ts";
import { type PamCodeName, type PamStep, pamCodeName } from "./pam-codes.ts";
import { type ChannelEnd, type PamProcess, serveChannel } from "./pam-parent.ts";
import type { TransactionReport } from "./pam-report.ts";
import { orderOf, type PamRequest } from "./pam-request.ts";

/** What one PAM call returned. `name` is undefined when a module returned a number that is no PAM code. */
export interface PamStepResult {
  readonly step: PamStep;
  readonly code: number;
  readonly name: PamCodeName | undefined;
  /** pam_strerror's text. */
  readonly text: string;
}

/** The transaction took place. The last of `steps` is the one that counts. */
export interface PamOutcome {
  readonly steps: readonly PamStepResult[];
  readonly last: PamStepResult;
}

export type PamFailure =
  /** No step was taken: PAM did not start, or refused an item. */
  | { readonly code: "setup"; readonly call: string; readonly pamCode: number; readonly text: string }
  | { readonly code: "no-libpam"; readonly detail: string }
  | { readonly code: "timeout"; readonly timeoutMs: number }
  | { readonly code: "aborted" }
  /** The process ended without a report: a module crashed it, exited, or wrote to its channel. */
  | { readonly code: "died"; readonly detail: string };

export type PamResult = Result<PamOutcome, PamFailure>;

const DEFAULT_TIMEOUT_MS = 120_000;
const ABORTED = "aborted";
const TIMED_OUT = "timeout";
const SELF = import.meta.url;

/**
 * Runs one transaction. Any number may run at once; each costs a process. Rejects when `converse` does, after the
 * transaction has ended with a failed conversation, and for a request that cannot be (a defect of the caller).
 */
export async function runPam(request: PamRequest, clock: Clock = systemClock): Promise<PamResult> {
  const order = orderOf(request);
  const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  if (request.signal?.aborted) return err({ code: "aborted" });
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(ABORTED);
  const timer = clock.after(timeoutMs, () => stop.abort(TIMED_OUT));
  request.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const end = await serveChannel(startProcess(request), order, request.converse, stop.signal);
    if (stop.signal.aborted)
      return err(stop.signal.reason === ABORTED ? { code: "aborted" } : { code: "timeout", timeoutMs });
    return resultOf(end);
  } finally {
    timer.cancel();
    request.signal?.removeEventListener("abort", onAbort);
  }
}

function startProcess(request: PamRequest): PamProcess {
  // The modules' standard output is dropped; standard error is ours, for what a sanitizer or a crash has to say.
  const child = spawn(process.execPath, [fileURLToPath(new URL(`./pam-child${extname(SELF)}`, SELF))], {
    env: { ...request.processEnv },
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`it could not be started: ${error.message}`));
    child.once("exit", (code, signal) => resolve(`it ended with ${signal ?? `status ${code}`}`));
  });
  const channel = child.stdio[3];
  if (!(channel instanceof Duplex)) throw new Error("the process was started without its channel");
  return { channel, exited, kill: () => child.kill("SIGKILL") };
}

function resultOf(end: ChannelEnd): PamResult {
  if (end.kind === "died") return err({ code: "died", detail: end.detail });
  const { report } = end;
  switch (report.kind) {
    case "finished":
      return outcomeOf(report);
    case "setup":
      return err({ code: "setup", call: report.call, pamCode: report.pamCode, text: report.text });
    case "no-libpam":
      return err({ code: "no-libpam", detail: report.detail });
  }
}

function outcomeOf(report: Extract<TransactionReport, { readonly kind: "finished" }>): PamResult {
  const steps = report.steps.map((step) => ({ ...step, name: pamCodeName(step.code) }));
  const last = steps.at(-1);
  return last === undefined ? err({ code: "died", detail: "no step was reported" }) : ok({ steps, last });
}
