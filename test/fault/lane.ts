// One daemon with its emulator, going through cells of the fault table one after another. A connection serves one request
// here (the emulator announces so), so that faults of the connection can be met at every stage.

import assert from "node:assert/strict";
import type { LogLine } from "../support/gateway.ts";
import {
  canCountDescriptors,
  type Descriptors,
  duoConnections,
  eventually,
  expectDescriptors,
} from "../support/leak.ts";
import { runModule } from "../support/pam-module.ts";
import { loginRequests, pollHeld, type Stage } from "../support/pam-stage.ts";
import { type Cell, type Expected, targetOf } from "./cells.ts";

/** undici takes 2 s off what the server announces, and keeps no connection for less than nothing. */
export const ONE_REQUEST_PER_CONNECTION_MS = 1000;
/** No cell may take longer, whatever Duo does: the module's whole budget and some room for a busy machine. */
const BOUND_MS = 15_000;

export interface CellReport extends Expected {
  readonly failures: readonly string[];
  readonly ms: number;
}

/** Runs one login through its fault, and checks everything but the words that the caller compares. */
export async function runCell({ emulator, daemon }: Stage, cell: Cell, before: Descriptors): Promise<CellReport> {
  emulator.reset();
  emulator.whenPushed("alice", "approve");
  const after = daemon.lines.length;
  const plan = () => emulator.fault(targetOf(cell), cell.fault);
  const arranged = arrange({ emulator, daemon }, cell, plan);
  const answer = cell.stage === "auth" && cell.answer !== undefined ? cell.answer : "1";
  const login = await runModule({
    socket: daemon.pamSocket,
    // The budget only ends what would never end.
    args: cell.kind === "out-of-time" ? "timeout=5" : "timeout=20",
    answers: [
      () => {
        if (planAt(cell) === "prompt") plan();
        return answer;
      },
    ],
  });
  await arranged;
  const decision = await daemon.event("decision", { after });
  // A connection's fault meets our own ping too, which makes it an outage for everybody.
  const opens = cell.target !== undefined && cell.stage === "preauth";
  if (opens) await daemon.event("outage-begin", { after });
  emulator.clearFaults();
  assert.ok(login.elapsedMs < BOUND_MS, `took ${login.elapsedMs} ms`);
  const sent = loginRequests(emulator).filter(({ endpoint }) => endpoint === "auth").length;
  assert.ok(sent <= 1, `auth was sent ${sent} times`);
  await expectDescriptors(daemon, before);
  if (cell.kind === "outage") await forget(daemon);
  await sever({ emulator, daemon });
  return {
    verdict: String(decision["verdict"]),
    reason: String(decision["reason"]),
    pam: login.code,
    rings: emulator.pushes.length,
    failures: failuresOf(daemon.lines.slice(after), decision["transaction"]),
    ms: Math.round(login.elapsedMs),
  };
}

/** A reload begins with nothing known of Duo: no outage, no suspicion of one, no 429. */
async function forget(daemon: Stage["daemon"]): Promise<void> {
  const after = daemon.lines.length;
  daemon.kill("SIGHUP");
  await daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key", { after });
}

/**
 * undici opens a connection anew after a request of ours was stopped, and leaves it idle: one for each of the two pools may be
 * there, each two sockets of the emulator, and more would be a leak. They are ended, so that the next cell begins with none.
 */
async function sever({ emulator, daemon }: Stage): Promise<void> {
  await eventually("at most two connections to Duo", () => emulator.connections.open <= 4);
  emulator.fault("connect", { kind: "refuse" });
  emulator.clearFaults();
  if (canCountDescriptors()) await eventually("no connection to Duo", () => duoConnections(daemon.pid) === 0);
}

type Moment = "start" | "prompt" | "pushed" | "polling";

/** Faults of an endpoint wait for its request; those of the connection must come when the stage does. */
function planAt({ stage, target, fault }: Cell): Moment {
  if (target === undefined || stage === "preauth") return "start";
  if (stage === "auth") return "prompt";
  return fault.kind === "refuse" ? "polling" : "pushed";
}

async function arrange({ emulator }: Stage, cell: Cell, plan: () => void): Promise<void> {
  const moment = planAt(cell);
  // Without an approval the poll is held, and there is a stage to fail at.
  if (cell.stage === "auth_status" && cell.kind !== "fine") emulator.whenPushed("alice", "none");
  if (moment === "start") plan();
  if (moment === "pushed") await emulator.nextPush("alice");
  if (moment === "polling") await pollHeld(emulator, 0);
  if (moment === "pushed" || moment === "polling") plan();
}

/** Names of the failures that the log gives for this login. Keys and clock are the machine's trouble and name no login. */
function failuresOf(lines: readonly LogLine[], transaction: unknown): readonly string[] {
  const own = lines.filter((line) => line["transaction"] === transaction || line["event"] === "duo-misconfigured");
  return own.flatMap((line) => (typeof line["failure"] === "string" ? [line["failure"]] : []));
}
