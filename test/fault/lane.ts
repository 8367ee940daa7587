// One daemon with its emulator, going through cells of the fault table one after another. A connection serves one request
// here (the emulator announces so), so that faults of the connection can be met at every step. arrange.ts sets the faults.

import type { EmulatorUser } from "../emulator/store/users.ts";
import type { LogLine } from "../support/gateway.ts";
import {
  canCountDescriptors,
  type Descriptors,
  duoConnections,
  eventually,
  expectDescriptors,
} from "../support/leak.ts";
import { loginRequests, type Stage } from "../support/pam-stage.ts";
import { arrange, atPrompt, restore } from "./arrange.ts";
import type { Cell, Expected } from "./cells.ts";
import { runLogin } from "./login.ts";

/** undici takes 2 s off what the server announces, and keeps no connection for less than nothing. */
export const ONE_REQUEST_PER_CONNECTION_MS = 1000;

export interface CellReport extends Expected {
  /** Names of the failures that the log gives. */
  readonly failures: readonly string[];
  readonly ms: number;
}

/** Runs one login through its fault; what is left behind afterwards is checked here, the rest is for the caller to compare. */
export async function runCell(stage: Stage, cell: Cell, before: Descriptors): Promise<CellReport> {
  const { emulator, daemon } = stage;
  emulator.reset();
  const after = daemon.lines.length;
  // A user of its own: a push that is out, or may be, keeps its user's place for a minute (test/fault/hang-up.test.ts).
  const user = `alice${after}`;
  emulator.setUser(user, phoneOwner(after));
  const ending = new AbortController();
  const arranged = await arrange(stage, cell, user, ending.signal);
  const { code, elapsedMs } = await runLogin(cell.dialect, {
    socket: daemon.pamSocket,
    user,
    // The budget only ends what would never end.
    budgetMs: cell.kind === "out-of-time" ? 5000 : 20_000,
    answers: answersOf(cell),
    onPrompt: () => atPrompt(stage, cell),
  });
  ending.abort();
  const approvedAt = await arranged.done;
  const decision = await daemon.event("decision", { after });
  const lines = daemon.lines.slice(after);
  const report: CellReport = {
    verdict: String(decision["verdict"]),
    reason: String(decision["reason"]),
    pam: code,
    rings: emulator.pushes.length,
    auths: loginRequests(emulator).filter(({ endpoint }) => endpoint === "auth").length,
    failures: failuresOf(lines, cell, decision["transaction"]),
    ms: Math.round(elapsedMs),
  };
  const isPending = emulator.pendingCount > 0;
  if (isPending) emulator.expire(user);
  const overAt = isPending ? performance.now() : approvedAt;
  await restore(stage, cell, after);
  const txid = decision["duo_txid"];
  if (txid !== undefined) await eventually("the push's end heard", () => isHeard(stage, txid, overAt), HEARD_MS);
  await expectDescriptors(daemon, before);
  await sever(stage);
  return report;
}

/** A question of the daemon's that had no answer in time is followed by another one at once. */
const HEARD_MS = 10_000;

/**
 * Whether Duo has told the daemon the end of the push, which was `overAt`: it goes on asking when a login could not, and its
 * questions must not meet the next cell's faults.
 */
function isHeard({ emulator }: Stage, txid: unknown, overAt: number): boolean {
  return emulator.requests.some(
    ({ endpoint, params, fault, status, answeredAt = 0 }) =>
      endpoint === "auth_status" &&
      params["txid"] === txid &&
      status === 200 &&
      (fault === undefined || fault === "delay") &&
      answeredAt >= overAt,
  );
}

function phoneOwner(number: number): EmulatorUser {
  const device = `DPMATRIX${String(number).padStart(12, "0")}`;
  const capabilities = ["push", "phone", "sms", "mobile_otp"] as const;
  return {
    status: "active",
    phones: [{ device, number: "XXX-XXX-0100", display_name: "iOS", capabilities, otp_codes: ["100001"] }],
  };
}

function answersOf({ step, kind, answer }: Cell): readonly string[] {
  const wrongPasscode = "000000";
  if (step === "next-preauth") return [wrongPasscode, "1"];
  if (step === "auth" && answer !== undefined) return [answer];
  return kind === "refused" ? ["1", "1"] : ["1"];
}

/**
 * undici opens a connection anew after a request of ours was stopped, and leaves it idle: one for each of the two pools may be
 * there, each two sockets of the emulator, and more would be a leak. They are ended, so that the next cell begins with none;
 * one that is being opened meanwhile is ended in the next round.
 */
async function sever({ emulator, daemon }: Stage): Promise<void> {
  await eventually("at most two connections to Duo", () => emulator.connections.open <= 4);
  await eventually("no connection to Duo", () => {
    emulator.fault("connect", { kind: "refuse" });
    emulator.clearFaults();
    return !canCountDescriptors() || duoConnections(daemon.pid) === 0;
  });
  // The emulator listens again in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
}

/** Keys and clock are the machine's trouble, and a ping is nobody's: they name no login. */
function failuresOf(lines: readonly LogLine[], { step }: Cell, transaction: unknown): readonly string[] {
  const own = lines.filter((line) =>
    step === "ping"
      ? line["msg"] === "Duo did not answer a ping"
      : line["transaction"] === transaction || line["event"] === "duo-misconfigured",
  );
  return own.flatMap((line) => (typeof line["failure"] === "string" ? [line["failure"]] : []));
}
