// Owns one PAM transaction from pam_start to pam_end, on this thread, which it blocks. Must run in a process of its
// own: PAM modules may hang, crash, change the environment or the signal handlers. Used by pam-child.ts.

import { err, ok, type Result } from "../core/result.ts";
import { allocate, allocateString } from "./block.ts";
import { describeFailure, type OpenFailure } from "./failure.ts";
import { WIDTH } from "./layout.ts";
import { type Libc, readString } from "./libc.ts";
import { type Libpam, openLibpam, openLibpamWithConfdir } from "./libpam.ts";
import type { TransactionOrder } from "./pam-channel.ts";
import { PAM_CODE, PAM_STEP } from "./pam-codes.ts";
import { type Ask, type Conversation, createConversation } from "./pam-conversation.ts";
import type { TransactionReport } from "./pam-report.ts";

type SetupReport = Extract<TransactionReport, { readonly kind: "setup" }>;
type NoLibpamReport = Extract<TransactionReport, { readonly kind: "no-libpam" }>;
type FinishedReport = Extract<TransactionReport, { readonly kind: "finished" }>;

/** The last word of a transaction's process. */
export type LastReport = FinishedReport | SetupReport | NoLibpamReport;

interface Started {
  readonly pam: Libpam;
  readonly handle: number;
}

/**
 * Starts PAM, sets items and environment, and takes the steps in order until one does not give PAM_SUCCESS. The handle
 * is ended in every case, with the last code, as pam_end(3) asks.
 */
export function runTransaction(libc: Libc, order: TransactionOrder, ask: Ask): LastReport {
  const conversation = createConversation(libc, ask);
  const started = start(libc, order, conversation);
  const report = started.ok ? runStarted(libc, started.value, order) : started.error;
  conversation.close();
  return report;
}

function runStarted(libc: Libc, started: Started, order: TransactionOrder): FinishedReport | SetupReport {
  const { pam, handle } = started;
  const unprepared = prepare(libc, started, order);
  const report: FinishedReport | SetupReport = unprepared ?? takeSteps(libc, started, order);
  const last = report.kind === "setup" ? report.pamCode : report.steps.at(-1)?.code;
  pam.pam_end.call(handle, last ?? PAM_CODE.PAM_SUCCESS);
  return report;
}

function takeSteps(libc: Libc, started: Started, order: TransactionOrder): FinishedReport {
  const { pam, handle } = started;
  const steps: FinishedReport["steps"][number][] = [];
  for (const step of order.steps) {
    const { symbol, flags } = PAM_STEP[step];
    const code = pam[symbol].call(handle, flags | order.flags);
    steps.push({ step, code, text: codeText(libc, started, code) });
    if (code !== PAM_CODE.PAM_SUCCESS) break;
  }
  return { kind: "finished", steps };
}

type Begun = Result<{ readonly pam: Libpam; readonly code: number; readonly call: string }, NoLibpamReport>;

function start(
  libc: Libc,
  order: TransactionOrder,
  { conv }: Conversation,
): Result<Started, SetupReport | NoLibpamReport> {
  const result = allocate(WIDTH.pointer);
  const service = allocateString(order.service);
  const user = allocateString(order.user);
  const begun = order.confdir === undefined ? plain() : inFolder(order.confdir);
  if (!begun.ok) return begun;
  const { pam, code, call } = begun.value;
  const handle = Number(result.bytes.readBigUInt64LE());
  return code === PAM_CODE.PAM_SUCCESS ? ok({ pam, handle }) : err(setupReport(libc, { pam, handle: 0 }, call, code));

  function plain(): Begun {
    const opened = openLibpam();
    if (!opened.ok) return noLibpam(opened.error);
    const pam = opened.value;
    return ok({ pam, call: "pam_start", code: pam.pam_start.call(service, user, conv, result) });
  }

  function inFolder(confdir: string): Begun {
    const opened = openLibpamWithConfdir();
    if (!opened.ok) return noLibpam(opened.error);
    const pam = opened.value;
    const folder = allocateString(confdir);
    return ok({
      pam,
      call: "pam_start_confdir",
      code: pam.pam_start_confdir.call(service, user, conv, folder, result),
    });
  }
}

function noLibpam(failure: OpenFailure): Result<never, NoLibpamReport> {
  return err({ kind: "no-libpam", detail: describeFailure(failure) });
}

/** Items and environment; the failing call, or undefined when all went well. */
function prepare(libc: Libc, started: Started, order: TransactionOrder): SetupReport | undefined {
  const { pam, handle } = started;
  for (const [item, value] of order.items) {
    const code = pam.pam_set_item.call(handle, item, allocateString(value));
    if (code !== PAM_CODE.PAM_SUCCESS) return setupReport(libc, started, "pam_set_item", code);
  }
  for (const assignment of order.env) {
    const code = pam.pam_putenv.call(handle, allocateString(assignment));
    if (code !== PAM_CODE.PAM_SUCCESS) return setupReport(libc, started, "pam_putenv", code);
  }
  return undefined;
}

function setupReport(libc: Libc, started: Started, call: string, pamCode: number): SetupReport {
  return { kind: "setup", call, pamCode, text: codeText(libc, started, pamCode) };
}

function codeText(libc: Libc, { pam, handle }: Started, code: number): string {
  return readString(libc, pam.pam_strerror.call(handle, code), 256)?.toString() ?? "";
}
