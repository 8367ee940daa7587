// The configuration as the daemon would take it, and what loading it does not show: that the daemon's own account can read
// the certificates that it names. Pure. Called by doctor.

import type { Config } from "../../config/config.ts";
import type { ConfigProblem } from "../../config/problem.ts";
import type { Result } from "../../core/result.ts";
import { danger, type Finding, note, ok, warning } from "./finding.ts";

export interface ConfigFacts {
  readonly path: string;
  readonly loaded: Result<Config, readonly ConfigProblem[]>;
  readonly isRoot: boolean;
  /** Files that `cafile` names and the account duogate cannot read, each with the part of its path that stops it. */
  readonly unreadable: readonly { readonly cafile: string; readonly part: string }[];
  /** Whether there is an account duogate. */
  readonly hasAccount: boolean;
}

const AREA = "configuration";

export function configFindings({ path, loaded, isRoot, unreadable, hasAccount }: ConfigFacts): readonly Finding[] {
  const files = unreadable.map(({ cafile, part }) => {
    const seen = `the daemon's account duogate cannot read ${cafile} (cafile): ${part} does not let it`;
    return danger(
      AREA,
      "config-cafile-unreadable",
      seen,
      `chmod o+r ${cafile}, and o+x on its folders; certificates are no secret`,
    );
  });
  const account = hasAccount
    ? []
    : [warning(AREA, "config-no-account", "there is no account duogate, as which the daemon runs", "systemd-sysusers")];
  if (!loaded.ok) return [...loaded.error.map((one) => problemFinding(one, isRoot)), ...account];
  const found = [
    ...loaded.value.warnings.map((one) => placed(one, warning(AREA, `config-${one.code}`, told(one), one.remedy))),
    ...files,
    ...account,
  ];
  return found.length > 0 ? found : [ok(AREA, "config", `${path} is valid`)];
}

function problemFinding(problem: ConfigProblem, isRoot: boolean): Finding {
  if (!isRoot && problem.code === "cannot-open")
    return placed(problem, note(AREA, "config-unseen", "the configuration is for root to read", "run this as root"));
  return placed(
    problem,
    danger(AREA, `config-${problem.code}`, `${told(problem)}; the daemon would not start with it`, problem.remedy),
  );
}

function told({ key, message }: ConfigProblem): string {
  return key === undefined ? message : `${key}: ${message}`;
}

function placed({ file, line }: ConfigProblem, finding: Finding): Finding {
  return { ...finding, place: line === undefined ? file : `${file}:${line}` };
}
