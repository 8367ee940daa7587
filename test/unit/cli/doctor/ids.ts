// How the tables of doctor's tests write down what was found: `danger pam-overruled`, sorted.

import type { Finding } from "../../../../src/cli/doctor/finding.ts";

export function ids(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ level, id }) => `${level} ${id}`).sort();
}
