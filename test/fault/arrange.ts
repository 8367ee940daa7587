// When a fault of the matrix is planned, and what the user does meanwhile. Faults of an endpoint wait for its request; those
// of the connection must be there when the step's connection is made, and gone before another step makes one.

import type { Emulator } from "../emulator/emulator.ts";
import type { Endpoint } from "../emulator/store/records.ts";
import { QUICK_GATEWAY, type Stage } from "../support/pam-stage.ts";
import { type Cell, endpointOf } from "./cells.ts";
import { POLLS, type Step } from "./failures.ts";

/** More than a cell takes. */
const KEEP_WARM_S = 300;
const KEYS_ACCEPTED = "Duo accepts the integration key and secret key";
const CLOCK_REFUSED = { kind: "status", status: 401, code: 40105 } as const;
/** A "fault" that changes nothing: it takes the place of the requests before the one that is meant. */
const NONE = { kind: "delay", ms: 0 } as const;

/** How many requests to the step's endpoint go well before. */
const EARLIER: Readonly<Partial<Record<Step, number>>> = { "second-poll": 1, "last-poll": 2, "next-preauth": 1 };
/** The poll that brings the user's answer: the first tells of the push, the second is held until Duo's time for it is over. */
const ANSWERED_POLL = 3;

export interface Arranged {
  /**
   * Resolves when nothing more is going to be planned, at the latest when the signal fires: with the time of the user's approval, by
   * performance.now(); 0 where the phone approves by itself.
   */
  readonly done: Promise<number>;
}

/** Before the login of `user`. */
export async function arrange(stage: Stage, cell: Cell, user: string, signal: AbortSignal): Promise<Arranged> {
  const { emulator } = stage;
  const plan = (): void => emulator.fault(cell.target ?? endpointOf(cell.step), cell.fault);
  const acted = act(emulator, cell, user, signal);
  if (cell.step === "ping") await meetPing(stage, cell, plan);
  if (cell.step === "clock-ping") emulator.fault("preauth", CLOCK_REFUSED, { times: 1 });
  if (cell.step === "ping" || planAt(cell).kind === "prompt") return { done: acted };
  const moment = planAt(cell);
  if (moment.kind === "request") {
    return { done: Promise.all([acted, after(emulator, moment, signal, plan)]).then(([approvedAt]) => approvedAt) };
  }
  const earlier = EARLIER[cell.step];
  if (cell.target === undefined && earlier !== undefined)
    emulator.fault(endpointOf(cell.step), NONE, { times: earlier });
  plan();
  return { done: acted };
}

/** While the first prompt stands. */
export function atPrompt({ emulator }: Stage, cell: Cell): void {
  if (planAt(cell).kind === "prompt" && emulator.requests.every(({ endpoint }) => endpoint !== "auth")) {
    emulator.fault(cell.target ?? "auth", cell.fault);
  }
}

/**
 * After the login: without faults, and with a daemon that knows nothing of Duo, no outage, no suspicion of one, no 429. Where
 * the fault meets our own ping as well as a preauth, the outage that it becomes is waited for, so that it is over by then.
 */
export async function restore(stage: Stage, { step, target, kind }: Cell, after: number): Promise<void> {
  const opens = kind === "outage" && target !== undefined && endpointOf(step) === "preauth";
  if (opens) await stage.daemon.event("outage-begin", { after });
  stage.emulator.clearFaults();
  if (kind !== "outage") return;
  // A reload alone keeps a connection's past; other settings make another connection, and no two cells have the same ones.
  const seconds = KEEP_WARM_S + (after % 1000);
  stage.daemon.writeConfig({ gatewayLines: [...QUICK_GATEWAY, `keep_warm = ${seconds}s`] });
  await reload(stage, (msg) => msg === KEYS_ACCEPTED);
}

type Moment =
  | { readonly kind: "start" }
  | { readonly kind: "prompt" }
  /** When the request of that number reaches Duo, from 1; its reply is not yet written. */
  | { readonly kind: "request"; readonly endpoint: Endpoint; readonly number: number };

function planAt({ step, target, fault }: Cell): Moment {
  if (target === undefined || step === "ping" || step === "preauth") return { kind: "start" };
  if (step === "auth") return { kind: "prompt" };
  // Refusing ends the connections that there are: the step's own request is lost, and its repeat is refused.
  if (fault.kind === "refuse") return { kind: "request", endpoint: endpointOf(step), number: 1 + (EARLIER[step] ?? 0) };
  return before(step);
}

/** The request whose reply leads to the step. */
function before(step: Step): Moment {
  switch (step) {
    case "clock-ping":
      return { kind: "request", endpoint: "preauth", number: 1 };
    case "next-preauth":
    case "first-poll":
      return { kind: "request", endpoint: "auth", number: 1 };
    default:
      return { kind: "request", endpoint: "auth_status", number: EARLIER[step] ?? 0 };
  }
}

async function after(
  emulator: Emulator,
  { endpoint, number }: Extract<Moment, { kind: "request" }>,
  signal: AbortSignal,
  plan: () => void,
): Promise<void> {
  if (await reached(emulator, endpoint, number, signal)) plan();
}

/** False when the login ended before. */
async function reached(emulator: Emulator, endpoint: Endpoint, number: number, signal: AbortSignal): Promise<boolean> {
  let last = 0;
  for (let seen = 0; seen < number; seen += 1) {
    const request = await emulator.nextRequest(endpoint, { after: last, signal }).catch(() => undefined);
    if (request === undefined) return false;
    last = request.sequence;
  }
  return true;
}

/** Without an approval a poll is held, and there is a step to fail at. */
async function act(emulator: Emulator, { step, kind }: Cell, user: string, signal: AbortSignal): Promise<number> {
  if (!POLLS.includes(step)) {
    emulator.whenPushed(user, "approve");
    return 0;
  }
  emulator.whenPushed(user, "none");
  // An approval whose reply is spoilt must not let in; one that nothing spoils must.
  if (step !== "last-poll" && kind !== "fine") return 0;
  if (await reached(emulator, "auth_status", ANSWERED_POLL, signal)) emulator.approve(user);
  return performance.now();
}

/**
 * A reload makes the daemon ping at once. The first one goes well, so that the second is a change and is logged. A fault of
 * the connection is taken away before the login, which needs one.
 */
async function meetPing(stage: Stage, { target, codes }: Cell, plan: () => void): Promise<void> {
  await reload(stage, (msg) => msg === KEYS_ACCEPTED);
  plan();
  await reload(stage, (msg) => (codes.length === 0 ? told(msg) : msg === "Duo did not answer a ping"));
  if (target !== undefined) stage.emulator.clearFaults();
}

async function reload({ daemon }: Stage, fits: (msg: unknown) => boolean): Promise<void> {
  const after = daemon.lines.length;
  daemon.kill("SIGHUP");
  await daemon.line(({ msg }) => fits(msg), { after });
}

function told(msg: unknown): boolean {
  return msg === KEYS_ACCEPTED || msg === "Duo's clock is more than a day from this machine's: set the clock";
}
