// What to write by hand where one line cannot hold in a stack: the auth part of the service's file, written anew and judged by
// libpam's rules (host/pam/remedy.ts). Changes nothing.

import type { PamService } from "../../host/pam/entry.ts";
import { rewriteFor } from "../../host/pam/remedy.ts";
import { readPamService } from "../../host/pam/service.ts";
import type { DraftQuestion } from "./drafted.ts";
import { isDuogate } from "./proof.ts";

/** The whole auth part of the file for a stack in which one line cannot hold; undefined where none was found that does. */
export function recipeFor(
  { source, missing, firstFactors, file: { path } }: DraftQuestion,
  service: PamService,
  duoLine: string,
): readonly string[] | undefined {
  const others = source
    .services()
    .filter((name) => name !== service.name)
    .map((name) => readPamService(name, source));
  const judging = { watched: isDuogate, missing, firstFactors };
  const remedy = rewriteFor({ service, duoLine, judging, keyFirst: false, others });
  if (remedy.kind !== "rewrite") return undefined;
  return [
    "Nothing was changed: no single line holds in this stack.",
    `What holds, by libpam's rules, instead of the auth lines of ${path} (try it on a copy: docs/OPERATIONS.md, Roll-out):`,
    ...remedy.lines.map((line) => `    ${line}`),
  ];
}
