// The cells of the fault matrix: step × failure × failmode × dialect, with what each must come to. The expectations are
// written out from the option's promise and share nothing with src/policy; matrix-docs.test.ts holds docs/FAILURES.md to them.
// matrix.test.ts runs them.

import type { DuoDialect } from "../../src/duo/dialect.ts";
import type { Endpoint } from "../emulator/store/records.ts";
import { FAILURES, type Failure, type Kind, POLLS, STEPS, type Step } from "./failures.ts";

export type Failmode = "safe" | "secure";
export const FAILMODES: readonly Failmode[] = ["safe", "secure"];
export const DIALECTS: readonly DuoDialect[] = ["v2", "v1", "unix"];

export interface Cell extends Failure {
  readonly step: Step;
  readonly failmode: Failmode;
  readonly dialect: DuoDialect;
  readonly expected: Expected;
  /** The login may take so many milliseconds, whatever Duo does, with room for a busy machine. */
  readonly limitMs: number;
}

export interface Expected {
  readonly verdict: string;
  readonly reason: string;
  readonly pam: string;
  /** Pushes that Duo saw: never two for one choice of the user. */
  readonly rings: number;
  /** Requests to `auth`: never one more than the user's choices. */
  readonly auths: number;
}

/** Slow ones first, so that no lane ends with them. */
export function cells(failmode: Failmode, dialect: DuoDialect): readonly Cell[] {
  const all = STEPS.flatMap((step) =>
    FAILURES.filter(({ steps = STEPS }) => steps.includes(step)).map((failure) =>
      cellOf(failure, step, failmode, dialect),
    ),
  );
  return all.toSorted((a, b) => Number(isSlow(b)) - Number(isSlow(a)));
}

function isSlow({ fault, codes }: Failure): boolean {
  return ["silent", "drip", "waiting-forever"].includes(fault.kind) || codes.includes("rate-limited");
}

function cellOf(failure: Failure, step: Step, failmode: Failmode, dialect: DuoDialect): Cell {
  const other = failure.otherwise?.(step, dialect);
  const met: Failure = other === undefined ? failure : { ...failure, kind: other, codes: [] };
  // Whatever becomes of the ping that asks for the time, Duo goes on refusing the clock.
  const codes = step === "clock-ping" && met.kind !== "fine" ? ["bad-clock"] : met.codes;
  const kind = kindAt(met.kind, step);
  const expected = { ...ending(kind, step, failmode), ...sent({ ...met, kind }, step) };
  return { ...met, codes, step, failmode, dialect, expected, limitMs: LIMITS_MS[kind] };
}

/** For the login: its own kind is that of the failure in the log. */
function kindAt(kind: Kind, step: Step): Kind {
  if (step === "ping" || kind === "fine") return "fine";
  return step === "clock-ping" ? "clock" : kind;
}

const ENDPOINTS: Readonly<Record<Step, Endpoint>> = {
  ping: "ping",
  "clock-ping": "ping",
  preauth: "preauth",
  "next-preauth": "preauth",
  auth: "auth",
  "first-poll": "auth_status",
  "second-poll": "auth_status",
  "last-poll": "auth_status",
};

export function endpointOf(step: Step): Endpoint {
  return ENDPOINTS[step];
}

/** Connect 2 s, request 2 s and body 2 s, a poll 5 s; repeats wait 6 s at most. */
const LIMITS_MS: Readonly<Record<Kind, number>> = {
  fine: 8000,
  keys: 5000,
  clock: 8000,
  nonsense: 5000,
  refused: 5000,
  busy: 13_000,
  outage: 13_000,
  "out-of-time": 8000,
};

type Ending = Omit<Expected, "rings" | "auths">;

const ENDINGS: Readonly<Record<Exclude<Kind, "outage" | "refused">, Ending>> = {
  fine: { verdict: "allow", reason: "duo-approved", pam: "PAM_SUCCESS" },
  keys: { verdict: "misconfigured", reason: "duo-keys", pam: "PAM_SERVICE_ERR" },
  clock: { verdict: "misconfigured", reason: "duo-clock", pam: "PAM_SERVICE_ERR" },
  nonsense: { verdict: "deny", reason: "duo-nonsense", pam: "PAM_AUTH_ERR" },
  // 429: whatever the step, and whatever failmode says.
  busy: { verdict: "deny", reason: "duo-refused", pam: "PAM_AUTH_ERR" },
  "out-of-time": { verdict: "deny", reason: "out-of-time", pam: "PAM_AUTH_ERR" },
};

function ending(kind: Kind, step: Step, failmode: Failmode): Ending {
  if (kind === "outage") return outageEnding(step, failmode);
  // Duo refuses this factor, so the user may choose again, until the prompts are used up.
  if (kind === "refused" && step === "auth")
    return { verdict: "max-tries", reason: "prompts-used-up", pam: "PAM_MAXTRIES" };
  if (kind === "refused") return { verdict: "deny", reason: "duo-refused", pam: "PAM_AUTH_ERR" };
  return ENDINGS[kind];
}

/** SECURITY: failmode has a say before a factor is asked for, and never after; not in the next attempt either. */
function outageEnding(step: Step, failmode: Failmode): Ending {
  const unavailable = { verdict: "unavailable", pam: "PAM_AUTHINFO_UNAVAIL" };
  if (step !== "preauth") return { ...unavailable, reason: "outage-after-factor" };
  if (failmode === "secure") return { ...unavailable, reason: "failmode-secure" };
  return { verdict: "allow", reason: "failmode-safe", pam: "PAM_SUCCESS" };
}

/** The user chooses twice where the first attempt came to nothing: with a wrong passcode, or with a factor that Duo refuses. */
function sent({ kind, target, takesEffect, answer }: Failure, step: Step): Pick<Expected, "rings" | "auths"> {
  const fine = kind === "fine" ? 1 : 0;
  if (POLLS.includes(step)) return { rings: 1, auths: 1 };
  if (step === "next-preauth") return { rings: fine, auths: 1 + fine };
  if (step !== "auth") return { rings: fine, auths: fine };
  const rings = answer === undefined && takesEffect === true ? 1 : 0;
  // Without a connection nothing is sent.
  if (target !== undefined) return { rings, auths: 0 };
  return { rings, auths: kind === "refused" ? 2 : 1 };
}
