// The metrics as Prometheus' own Python client understands them. Undefined where that client is not installed.

import { spawnSync } from "node:child_process";
import { repositoryFile } from "./repository.ts";

export interface Family {
  /** A counter's without _total. */
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly (readonly [name: string, labels: Readonly<Record<string, string>>, value: number])[];
}

const ABSENT = 77;
export const NO_PARSER = "python3-prometheus-client is not installed: Prometheus' own parser does not judge";

/** Throws with the parser's words when the text is not in the form. */
export function familiesOf(exposition: string): readonly Family[] | undefined {
  const script = repositoryFile("test/support/parse-metrics.py");
  const { status, stdout, stderr } = spawnSync("/usr/bin/python3", ["-I", script], {
    input: exposition,
    encoding: "utf8",
  });
  if (status === ABSENT || status === null) return undefined;
  if (status !== 0) throw new Error(`Prometheus' parser refuses the metrics: ${stderr}`);
  return JSON.parse(stdout) as readonly Family[];
}
