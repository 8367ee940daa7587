// The configuration as the daemon would take it, and what loading it does not show: that the daemon's own account can read
// the certificates that it names. Called by doctor; the latter by check as well.

import type { Config } from "../../config/config.ts";
import type { ConfigProblem } from "../../config/problem.ts";
import type { Result } from "../../core/result.ts";
import { type Account, unreadablePart } from "../../host/account.ts";
import { danger, type Finding, note, ok, warning } from "./finding.ts";

export interface ConfigFacts {
  readonly path: string;
  readonly loaded: Result<Config, readonly ConfigProblem[]>;
  readonly isRoot: boolean;
  /** The account duogate; undefined where there is none. */
  readonly account: Account | undefined;
}

const AREA = "configuration";

export function configFindings({ path, loaded, isRoot, account }: ConfigFacts): readonly Finding[] {
  const missing = "there is no account duogate, as which the daemon runs";
  const noAccount = account === undefined ? [warning(AREA, "config-no-account", missing, "systemd-sysusers")] : [];
  if (!loaded.ok) return [...loaded.error.map((one) => problemFinding(one, isRoot)), ...noAccount];
  const odd = loaded.value.warnings.map((one) =>
    placed(one, warning(AREA, `config-${one.code}`, told(one), one.remedy)),
  );
  const found = [...odd, ...fileFindings(loaded.value, account), ...noAccount];
  return found.length > 0 ? found : [ok(AREA, "config", `${path} is valid`)];
}

/** SECURITY: root, who runs doctor and check, can always read; the daemon is not root. */
export function fileFindings(config: Config, account: Account | undefined): readonly Finding[] {
  if (account === undefined) return [];
  const files = new Set([config.duo, ...config.services.values()].map(({ cafile }) => cafile));
  return [...files].flatMap((cafile) => {
    const part = cafile === undefined || cafile === "system" ? undefined : unreadablePart(cafile, account);
    if (cafile === undefined || part === undefined) return [];
    const seen = `the daemon's account ${account.name} cannot read ${cafile} (cafile): ${part} does not let it`;
    const remedy = `chmod o+r ${cafile}, and o+x on its folders; certificates are no secret`;
    return [danger(AREA, "config-cafile-unreadable", seen, remedy)];
  });
}

function problemFinding(problem: ConfigProblem, isRoot: boolean): Finding {
  if (!isRoot && problem.code === "cannot-open") {
    return placed(problem, note(AREA, "config-unseen", told(problem), `run this as root, or ${problem.remedy}`));
  }
  const seen = `${told(problem)}; the daemon would not start with it`;
  return placed(problem, danger(AREA, `config-${problem.code}`, seen, problem.remedy));
}

function told({ key, message }: ConfigProblem): string {
  return key === undefined ? message : `${key}: ${message}`;
}

function placed({ file, line }: ConfigProblem, finding: Finding): Finding {
  return { ...finding, place: line === undefined ? file : `${file}:${line}` };
}
