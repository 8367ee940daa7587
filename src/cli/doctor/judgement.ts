// A judged stack on its way into words: what the files that make findings of it share. No finding stands here.

import type { Way } from "../../host/pam/explore.ts";
import { moduleName } from "../../host/pam/modules.ts";
import type { StackVerdict } from "../../host/pam/verdicts.ts";
import type { Remedies } from "./remedies.ts";

export interface Judgement {
  readonly area: string;
  readonly verdict: StackVerdict;
  readonly keyFirst: boolean;
  readonly remedies: Remedies;
}

/** `pam_unix succeeds, pam_duogate gives auth_err`. */
export function wayText({ called }: Pick<Way, "called">): string {
  const words = called.map(
    ({ entry, returned }) =>
      `${moduleName(entry)} ${returned === "success" ? "succeeds" : `gives ${returned ?? "nonsense"}`}`,
  );
  return words.join(", ");
}
