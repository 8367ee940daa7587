// What `duogate check` looks at beside the configuration: PAM lines that name the module and disagree with it, and files
// that the daemon's own account has to read. No network, nothing changed. Called by check.ts.

import type { Config } from "../../config/config.ts";
import type { Account } from "../../host/account.ts";
import type { LocalAccounts } from "../../host/accounts.ts";
import { fileFindings } from "../doctor/config-findings.ts";
import { at, danger, type Finding } from "../doctor/finding.ts";
import { groupFindings } from "../doctor/group-findings.ts";
import { duogateLines, lineFindings } from "../doctor/line-findings.ts";
import { type PamFacts, sectionFindings } from "../doctor/pam-findings.ts";

export interface CheckMachine {
  readonly local: LocalAccounts;
  readonly pam: PamFacts;
  /** The daemon's account, undefined where there is none; asked only for files that it has to read. */
  readonly account: () => Promise<Account | undefined>;
}

/** Everything on this machine that does not go together with `config`. */
export async function machineFindings(
  { pam, account, local }: CheckMachine,
  config: Config,
): Promise<readonly Finding[]> {
  const seen = new Set<string>();
  const lines = [...pam.services].flatMap(([name, { service, missing }]) =>
    duogateLines(service).flatMap((line) => {
      const found = lineFindings(name, line, config);
      const path = missing.get(line);
      if (path === undefined) return found;
      const absent = danger(
        `pam ${name}`,
        "pam-module-missing",
        `there is no ${path}: nobody gets in through this line`,
        "install the module, or remove the line",
      );
      return [...found, at(line.place, absent)];
    }),
  );
  // A line in a part that several services include is told once.
  const once = lines.filter(({ place, id, seen: what }) => {
    const key = JSON.stringify([place, id, what]);
    return !seen.has(key) && seen.add(key);
  });
  return [
    ...once,
    ...sectionFindings(pam, config),
    ...groupFindings(config, local),
    ...(await ownFiles(config, account)),
  ];
}

async function ownFiles(config: Config, account: CheckMachine["account"]): Promise<readonly Finding[]> {
  const named = [config.duo, ...config.services.values()].some(
    ({ cafile }) => cafile !== undefined && cafile !== "system",
  );
  return named ? fileFindings(config, await account()) : [];
}
