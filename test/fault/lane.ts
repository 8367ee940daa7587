// One daemon with its emulator, going through cells of the fault table one after another. A connection serves one request
// here (the emulator announces so), so that faults of the connection can be met at every step. arrange.ts sets the faults.

import assert from "node:assert/strict";
import { join } from "node:path";
import type { EmulatorUser } from "../emulator/store/users.ts";
import { ask } from "../support/control.ts";
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
  const slotsHeld = await pushesOut(stage);
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
  await arranged.done;
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
  if (emulator.pendingCount > 0) emulator.expire(user);
  await restore(stage, cell, after);
  if (decision["duo_txid"] !== undefined) await pushIsOver(stage, slotsHeld);
  await expectDescriptors(daemon, before);
  await sever(stage);
  return report;
}

async function pushesOut({ daemon }: Stage): Promise<number> {
  const { text } = await ask({ socketPath: join(daemon.folder, "control.sock") }, "/status");
  return (JSON.parse(text) as { readonly pushesOut: number }).pushesOut;
}

/**
 * The daemon goes on asking for the end of a push whose login could not: its questions must not meet the next cell's faults.
 * No event tells when it has heard it. Slots that are held by time alone end by themselves, so that there can be fewer.
 */
async function pushIsOver(stage: Stage, before: number): Promise<void> {
  const until = performance.now() + 10_000;
  while ((await pushesOut(stage)) > before) assert.ok(performance.now() < until, "the push is not over within 10 s");
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
