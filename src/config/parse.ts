// From the text of a configuration file to a frozen Config, or to every problem in it. Pure: no file, no clock.
// lines.ts finds faults of form, value-reader.ts reads what passed through `ini` and the option table, settings.ts puts the
// values together. Called by load.ts.

import { err, ok, type Result } from "../core/result.ts";
import type { Config } from "./config.ts";
import { type Credential, withCredentials } from "./credentials.ts";
import { scanLines } from "./lines.ts";
import { OPTIONS } from "./options.ts";
import { type ConfigProblem, sortProblems } from "./problem.ts";
import { duoSettings, gatewaySettings, serviceSettings } from "./settings.ts";
import { ValueReader } from "./value-reader.ts";

/**
 * Reads `text`; `file` is its name in problems. All problems come together, in the order of the lines. `credentials` stand
 * in the place of lines.
 */
export function parseConfig(
  text: string,
  file: string,
  credentials: readonly Credential[] = [],
): Result<Config, readonly ConfigProblem[]> {
  const scanned = withCredentials(scanLines(text, file), credentials, file);
  const reader = new ValueReader(scanned, file);
  const duo = duoSettings(reader);
  const services = serviceSettings(reader, scanned);
  const gateway = gatewaySettings(reader);
  const problems = [...scanned.problems, ...reader.problems];
  if (problems.length > 0) return err(sortProblems(problems));
  return ok(Object.freeze({ duo, services, gateway, warnings: sortProblems(reader.warnings) }));
}

/** The line of `cafile` in [duo] or in [service:NAME], for problems with the file that it names. */
export function cafileLine(text: string, file: string, service: string | undefined): number | undefined {
  const { entries } = scanLines(text, file);
  return entries.find(({ option, section }) => option === OPTIONS.cafile && section.service === service)?.line;
}
