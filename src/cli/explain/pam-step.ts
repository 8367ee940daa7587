// Whether the login comes to duogate at all: by which line of the service's PAM stack, and who gets past it. Judged as
// `duogate doctor` judges it. Pure. Called by explain.ts.

import { displayLine } from "../../core/display-text.ts";
import type { PamModuleEntry } from "../../host/pam/entry.ts";
import { moduleArguments } from "../doctor/module-arguments.ts";
import type { ServiceFacts } from "../doctor/pam-findings.ts";
import type { Step } from "./explanation.ts";

const MODULE = "pam_duogate.so";

export interface PamPart {
  readonly step: Step;
  /** False: the program never asks duogate. */
  readonly asks: boolean;
}

export function pamPart({ service, judged }: ServiceFacts): PamPart {
  if (judged.kind === "none") {
    const text = `no line of ${service.name}'s PAM stack asks duogate (duogate enable ${service.name} adds it)`;
    return { step: { rule: "pam", text, from: [] }, asks: false };
  }
  const [first] = judged.lines;
  const safe = first !== undefined && moduleArguments(first).failmode === "safe";
  const words = [
    "the service's PAM stack asks duogate",
    ...(judged.kind === "judged" ? judged.passed.map(({ passedBy }) => passedText(passedBy)) : []),
    safe ? "a daemon that does not answer lets in (failmode=safe there)" : "a daemon that does not answer refuses",
  ];
  const from = judged.lines.map(({ place: { file, line } }) => ({ file, line, key: MODULE }));
  return { step: { rule: "pam", text: words.join("; "), from }, asks: true };
}

function passedText({ place: { file, line }, text }: PamModuleEntry): string {
  return displayLine(`whom ${file}:${line} lets in is not asked (${text})`, 1024);
}
