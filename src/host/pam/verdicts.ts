// What an auth stack is worth with a second factor in it: is the module asked, does its denial count, who gets past it, is
// the password still needed, does anybody get in. Decided by looking at every way through the stack (explore.ts), never by
// patterns. Says nothing in words. Called by cli/doctor/ and cli/check.

import type { PamEntry, PamModuleEntry } from "./entry.ts";
import { explore, type Watch, type Way } from "./explore.ts";
import { type FirstFactors, NO_FIRST_FACTORS, roleOf } from "./modules.ts";
import type { PamReturn } from "./returns.ts";

/** What pam_duogate answers for a login that it does not allow, and what libpam answers where its file is not there. */
export const REFUSALS = [
  "auth_err",
  "maxtries",
  "abort",
  "authinfo_unavail",
  "service_err",
  "system_err",
  "module_unknown",
] as const satisfies readonly PamReturn[];

export type Refusal = (typeof REFUSALS)[number];

export interface StackVerdict {
  /** Lines of the module, in their order. */
  readonly lines: readonly PamModuleEntry[];
  /** Another module of the stack is known to make a user prove something. */
  readonly hasFactor: boolean;
  /** There is a way on which the module is called. */
  readonly asked: boolean;
  /** Refusals that some user gets past, each with a way that shows it. */
  readonly overruled: ReadonlyMap<Refusal, Way>;
  /** Lines whose answer lets a user in without the module being called, each with a way that shows it. */
  readonly passed: readonly (Way & { readonly passedBy: PamModuleEntry })[];
  /** A way in on which nothing was proved but to the module. */
  readonly alone: Way | undefined;
  /** A way in on which all that was proved besides was to a module of which nothing is known. */
  readonly unproved: Way | undefined;
  /** The modules of which nothing is known. */
  readonly unknown: readonly PamModuleEntry[];
  /** A way on which the module is called though what stands above it has failed: a wrong password rings the phone. */
  readonly afterFailure: Way | undefined;
  /** A way on which the module is called before the factor: whoever knows a name rings the phone. */
  readonly beforeFactor: Way | undefined;
  /** A way on which the module is called more than once. */
  readonly twice: Way | undefined;
  /** A way in on which the module was called and allowed. */
  readonly wayIn: Way | undefined;
}

export type Judged =
  | { readonly kind: "none" }
  | { readonly kind: "too-complex"; readonly lines: readonly PamModuleEntry[] }
  | ({ readonly kind: "judged" } & StackVerdict);

/** `missing` tells which modules' files are not there. `kind: "none"`: no line is the watched module's. */
export function judgeStack(
  entries: readonly PamEntry[],
  watched: Watch["watched"],
  missing: (entry: PamModuleEntry) => boolean = () => false,
  firstFactors: FirstFactors = NO_FIRST_FACTORS,
): Judged {
  const modules = entries.filter((entry) => entry.kind === "module");
  const lines = modules.filter(watched);
  if (lines.length === 0) return { kind: "none" };
  // What the module does when it is there is judged whether it is there or not.
  const others = (entry: PamModuleEntry) => !watched(entry) && missing(entry);
  const ways = explore(entries, { watched, says: ["success", ...REFUSALS], missing: others, firstFactors });
  if (ways === undefined) return { kind: "too-complex", lines };
  const isOf = (role: string) => (entry: PamModuleEntry) => !watched(entry) && roleOf(entry, firstFactors) === role;
  const isFactor = isOf("factor");
  const hasFactor = modules.some(isFactor);
  const above = modules.slice(0, modules.findIndex(watched)).some(isFactor);
  const wins = ways.filter(({ code }) => code === "success");
  const first = (test: (way: Way) => boolean) => ways.find(test);
  return {
    kind: "judged",
    lines,
    hasFactor,
    asked: ways.some(({ said }) => said !== undefined),
    overruled: new Map(
      REFUSALS.flatMap((refusal) =>
        wins
          .filter(({ said }) => said === refusal)
          .slice(0, 1)
          .map((way) => [refusal, way]),
      ),
    ),
    passed: wins
      .filter((way): way is Way & { passedBy: PamModuleEntry } => way.said === undefined && way.passedBy !== undefined)
      .filter(onePerLine()),
    alone: wins.find(({ said, proof }) => said === "success" && proof === "none"),
    unproved: wins.find(({ said, proof }) => said === "success" && proof === "unknown"),
    unknown: modules.filter(isOf("unknown")),
    afterFailure: first(({ before }) => before === "failed" || (before === "nothing" && above)),
    beforeFactor: above || !hasFactor ? undefined : first(({ before }) => before === "nothing"),
    twice: wins.find(({ twice }) => twice),
    wayIn: wins.find(({ said }) => said === "success"),
  };
}

function onePerLine(): (way: { readonly passedBy: PamModuleEntry }) => boolean {
  const seen = new Set<PamModuleEntry>();
  return ({ passedBy }) => {
    const first = !seen.has(passedBy);
    seen.add(passedBy);
    return first;
  };
}
