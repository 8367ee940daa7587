// What `duogate explain` comes to, as data: the steps of a login in their order, each with the line that decided it, and how it
// would end. Made by steps.ts and online.ts; told by report.ts, as text or as JSON.

import type { Origin } from "../../config/origins.ts";
import type { Verdict, VerdictKind } from "../../core/verdict.ts";

export interface Step {
  readonly rule:
    | "sudo"
    | "entrance"
    | "whom"
    | "name"
    | "groups"
    | "address"
    | "duo"
    | "preauth"
    | "factor"
    | "outage"
    | "pam";
  /** Safe to print. */
  readonly text: string;
  /** The lines of the configuration that had a say; none where defaults did. */
  readonly from: readonly Origin[];
}

/** What the login's application gets. */
export interface Ending {
  readonly verdict: VerdictKind;
  readonly reason: string;
  readonly pam: string;
}

export type Outcome =
  /** Without a factor, whatever Duo would say, or because Duo said so. */
  | ({ readonly kind: "ended" } & Ending)
  /** Duo would be asked; --online asks. */
  | { readonly kind: "duo-decides"; readonly username: string }
  /** Duo wants a factor. */
  | { readonly kind: "factor-wanted"; readonly username: string };

export interface Explanation {
  readonly user: string;
  readonly service: string;
  /** False: its PAM stack has no line that asks duogate, and the rest is what would be if it had. */
  readonly asksDuogate: boolean;
  readonly steps: readonly Step[];
  readonly outcome: Outcome;
  /** What an outage of Duo would come to, before and after a factor was asked for; undefined where Duo is not asked. */
  readonly outage: { readonly before: Ending; readonly after: Ending } | undefined;
}

/** PROTOCOL: section 2, VERDICT. */
const PAM_OF_VERDICT: Readonly<Record<VerdictKind, string>> = {
  allow: "PAM_SUCCESS",
  deny: "PAM_AUTH_ERR",
  "max-tries": "PAM_MAXTRIES",
  unavailable: "PAM_AUTHINFO_UNAVAIL",
  aborted: "PAM_ABORT",
  misconfigured: "PAM_SERVICE_ERR",
};

export function endingOf({ kind, reason }: Verdict): Ending {
  return { verdict: kind, reason, pam: PAM_OF_VERDICT[kind] };
}
