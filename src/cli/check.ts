// `duogate check`: is the configuration one that the daemon would accept? No network, nothing changed.

import { loadConfig } from "../config/load.ts";
import { formatProblems } from "../config/problem.ts";
import { EXIT } from "./exit-codes.ts";

export interface CheckOptions {
  readonly config: string;
  readonly credentialsDirectory: string | undefined;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** Prints every problem and warning at once. Returns the exit code. */
export async function check({ config: path, credentialsDirectory, print, complain }: CheckOptions): Promise<number> {
  const config = await loadConfig(path, { credentialsDirectory });
  if (!config.ok) {
    complain(formatProblems(config.error));
    const count = config.error.length;
    complain(`${path}: ${count} problem${count === 1 ? "" : "s"}; the daemon would not start with it`);
    return EXIT.invalid;
  }
  if (config.value.warnings.length > 0) complain(formatProblems(config.value.warnings));
  print(`${path}: valid`);
  return EXIT.ok;
}
