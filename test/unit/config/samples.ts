// Small configurations and shorthands that the tests of src/config share. Nothing here asserts.

import type { Config } from "../../../src/config/config.ts";
import { parseConfig } from "../../../src/config/parse.ts";
import type { ConfigProblem } from "../../../src/config/problem.ts";

export const IKEY = "DIXYZV6YM8IFYVWBINCA";
export const SKEY = "yWHSMhWucAcp7qvuH3HWTaSaKABs8Gaddiv1NIRo";

/** The four required lines, on lines 2 to 5. */
export const REQUIRED = `[duo]\nikey = ${IKEY}\nskey = ${SKEY}\nhost = api-1b2c3d4e.duosecurity.com\nfailmode = secure\n`;

/** REQUIRED with one more line (line 6) in [duo]. */
export function withDuo(line: string): string {
  return `${REQUIRED}${line}\n`;
}

/** REQUIRED with one more line (line 7) in [gateway]. */
export function withGateway(line: string): string {
  return `${REQUIRED}[gateway]\n${line}\n`;
}

/** REQUIRED with the value of one of its keys replaced. */
export function withRequired(key: string, value: string): string {
  return REQUIRED.replace(new RegExp(`^${key} = .*$`, "m"), () => `${key} = ${value}`);
}

export function problemsOf(text: string): readonly ConfigProblem[] {
  const parsed = parseConfig(text, "test.conf");
  return parsed.ok ? [] : parsed.error;
}

/** `line code key`, which is what most tests compare. */
export function brief(problems: readonly ConfigProblem[]): readonly string[] {
  return problems.map(({ line, code, key }) => `${line ?? "-"} ${code}${key === undefined ? "" : ` ${key}`}`);
}

/** The Config of a text that must be accepted. */
export function accepted(text: string): Config {
  const parsed = parseConfig(text, "test.conf");
  if (!parsed.ok) throw new Error(brief(parsed.error).join("\n"));
  return parsed.value;
}
