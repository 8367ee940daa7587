// A configuration whose numbers this machine can hold: loadConfig, and then max_logins against the limits of descriptors and
// memory. What does not fit is a problem like any other, with the place in the file and the number to write instead.

import type { Config } from "../../config/config.ts";
import { type LoadOptions, loadConfig, readConfigFile } from "../../config/load.ts";
import { OPTIONS } from "../../config/options.ts";
import { originsFor } from "../../config/origins.ts";
import type { ConfigProblem } from "../../config/problem.ts";
import { err, type Result } from "../../core/result.ts";
import { bytesFor, descriptorsFor, maxLoginsFor } from "../../gateway/capacity.ts";
import type { ProcessLimits } from "../../host/process-limits.ts";

const MIB = 2 ** 20;
const NONE = Number.POSITIVE_INFINITY;

export async function loadFitting(
  path: string,
  options: LoadOptions,
  limits: () => Promise<ProcessLimits>,
): Promise<Result<Config, readonly ConfigProblem[]>> {
  const config = await loadConfig(path, options);
  if (!config.ok) return config;
  const lacking = shortages(config.value.gateway.maxLogins, await limits());
  if (lacking.length === 0) return config;
  const file = await readConfigFile(path, options);
  const origin = file.ok ? originsFor(file.value.text, path, "")(OPTIONS.maxLogins) : undefined;
  const place = { file: path, line: origin?.line, key: "max_logins" };
  return err(lacking.map((one) => Object.freeze({ code: "beyond-limits", ...place, ...one } as const)));
}

interface Shortage {
  readonly message: string;
  readonly remedy: string;
}

/** What `limits` lack for so many logins. */
function shortages(maxLogins: number, limits: ProcessLimits): readonly Shortage[] {
  const { of, descriptors, bytes } = limits;
  const most = { descriptors: maxLoginsFor(descriptors, NONE), bytes: maxLoginsFor(NONE, bytes) };
  const what = `${maxLogins} logins on each of the two sockets need`;
  const found: Shortage[] = [];
  if (maxLogins > most.descriptors) {
    const needed = descriptorsFor(maxLogins);
    const message = `${what} ${needed} open files, and ${of} may have ${descriptors}`;
    const how = { least: String(descriptorsFor(1)), setting: `LimitNOFILE=${needed}`, otherwise: "ulimit -n" };
    found.push({ message, remedy: remedy(most.descriptors, of, how) });
  }
  if (maxLogins > most.bytes) {
    const needed = mebibytes(bytesFor(maxLogins));
    const message = `${what} ${needed} MiB of memory, and ${of} may have ${Math.floor(bytes / MIB)} MiB`;
    const least = `${mebibytes(bytesFor(1))} MiB`;
    const how = { least, setting: `MemoryMax=${needed}M`, otherwise: "memory.max of its cgroup" };
    found.push({ message, remedy: remedy(most.bytes, of, how) });
  }
  return found;
}

interface HowToRaise {
  /** For one login. */
  readonly least: string;
  /** Of a unit. */
  readonly setting: string;
  /** Where the limit of a process without a unit is set. */
  readonly otherwise: string;
}

function remedy(most: number, of: string, { least, setting, otherwise }: HowToRaise): string {
  const unit = of.endsWith(".service");
  const raise = unit ? `: systemctl edit ${of}, [Service], ${setting}` : ` (${otherwise})`;
  if (most > 0) return `write max_logins = ${most} or less, or raise the limit${raise}`;
  return `no max_logins is small enough: raise the limit${unit ? raise : ` to at least ${least}${raise}`}`;
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / MIB);
}
