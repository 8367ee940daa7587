// `duogate check`: is the configuration one that the daemon would accept, and does this machine go together with it? No
// network, nothing changed. The daemon's unit runs it before each start: only the configuration itself may stop that.

import type { Config } from "../../config/config.ts";
import { type ConfigProblem, formatProblems } from "../../config/problem.ts";
import { displayLine } from "../../core/display-text.ts";
import type { Result } from "../../core/result.ts";
import type { ProcessLimits } from "../../host/process-limits.ts";
import { safeJson } from "../control/decision-line.ts";
import { mark } from "../doctor/acknowledge.ts";
import type { Entries } from "../doctor/acknowledged.ts";
import { type Finding, LEVELS, warning, worst } from "../doctor/finding.ts";
import { EXIT } from "../exit-codes.ts";
import { type CheckMachine, machineFindings } from "./check-machine.ts";
import { loadFitting } from "./load-fitting.ts";

export interface CheckOptions {
  readonly config: string;
  readonly credentialsDirectory: string | undefined;
  /** One line of JSON in the place of text. */
  readonly json: boolean;
  /** A warning, or something on this machine that does not fit, counts as a problem. */
  readonly strict: boolean;
  /** Looks at the machine; asked only where the configuration is valid. */
  readonly machine: () => Promise<CheckMachine>;
  /** What root has said to be meant; it does not count. */
  readonly acknowledged: () => Promise<Entries>;
  /** Of the process that the daemon is, or will be. */
  readonly limits: () => Promise<ProcessLimits>;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** Prints every problem and warning at once. Returns the exit code. */
export async function check(options: CheckOptions): Promise<number> {
  const { config: path, credentialsDirectory, json, strict, limits, print } = options;
  const config = await loadFitting(path, { credentialsDirectory }, limits);
  const findings = config.ok ? await lookAround(options, config.value) : [];
  if (json) print(jsonOf(path, config, findings));
  else tell(config, findings, options);
  if (!config.ok) return EXIT.invalid;
  const odd = config.value.warnings.length > 0 || LEVELS.indexOf(worst(findings)) > LEVELS.indexOf("note");
  return strict && odd ? EXIT.invalid : EXIT.ok;
}

/** A defect in here must not keep the daemon from starting: nobody could log in to mend it. */
async function lookAround({ machine, acknowledged }: CheckOptions, config: Config): Promise<readonly Finding[]> {
  try {
    const found = await machineFindings(await machine(), config);
    return mark(found, (await acknowledged()).entries).marked;
  } catch (error) {
    const seen = `this machine could not be looked at: ${error instanceof Error ? error.message : String(error)}`;
    return [warning("machine", "machine-unseen", seen, "duogate doctor says more; please report this")];
  }
}

type Loaded = Result<Config, readonly ConfigProblem[]>;

function tell(config: Loaded, findings: readonly Finding[], { config: path, print, complain }: CheckOptions): void {
  if (!config.ok) {
    complain(formatProblems(config.error));
    const count = config.error.length;
    complain(`${path}: ${count} problem${count === 1 ? "" : "s"}; the daemon would not start with it`);
    return;
  }
  if (config.value.warnings.length > 0) complain(formatProblems(config.value.warnings));
  for (const finding of findings) complain(lineOf(finding));
  print(`${path}: valid`);
}

/** As the configuration's own problems are written: place, what is wrong, what to do. */
function lineOf({ place, area, level, seen, remedy, acknowledged }: Finding): string {
  const where = place === undefined ? area : place;
  if (acknowledged !== undefined) {
    const { date, reason } = acknowledged;
    return displayLine(`${where}: ${seen}; meant, acknowledged ${date}: ${reason}`, 8192);
  }
  return displayLine(`${where}: ${level}: ${seen}${remedy === undefined ? "" : `; ${remedy}`}`, 8192);
}

function jsonOf(path: string, config: Loaded, findings: readonly Finding[]): string {
  const problems = config.ok ? [] : config.error;
  const warnings = config.ok ? config.value.warnings : [];
  return safeJson({ config: path, valid: config.ok, problems, warnings, findings });
}
