// A PAM line that names pam_duogate beside the configuration: arguments that the module refuses or that disagree, and lines
// of a kind that the module has nothing to do with. Pure. Used by doctor and by `duogate check`.

import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import type { PamModuleEntry, PamService } from "../../host/pam/entry.ts";
import { at, danger, type Finding, note, warning } from "./finding.ts";
import { loginSocketFindings } from "./login-socket-findings.ts";
import { DEFAULT_SOCKET, isDuogate, type ModuleArguments, moduleArguments } from "./module-arguments.ts";

/** The lines of `service` that name the module, each once. */
export function duogateLines({ stacks }: PamService): readonly PamModuleEntry[] {
  const all = Object.values(stacks).flatMap(({ entries }) => entries);
  const modules = all.filter((entry) => entry.kind === "module");
  return modules.filter(isDuogate);
}

/** `config` is undefined where there is no valid one: only what the line says by itself is judged then. */
export function lineFindings(service: string, line: PamModuleEntry, config: Config | undefined): readonly Finding[] {
  const args = moduleArguments(line);
  const area = `pam ${service}`;
  return [
    ...refusedFindings(area, args),
    ...kindFindings(area, line),
    ...silentFindings(area, line),
    ...(line.pamKind === "auth" && config !== undefined ? disagreements(area, service, args, config) : []),
  ].map((finding) => at(line.place, finding));
}

function refusedFindings(area: string, { refused }: ModuleArguments): readonly Finding[] {
  return refused.map(({ argument, instead }) =>
    danger(area, "pam-argument", `the module refuses every login here because of the argument "${argument}"`, instead),
  );
}

function kindFindings(area: string, { pamKind }: PamModuleEntry): readonly Finding[] {
  switch (pamKind) {
    case "auth":
      return [];
    case "account":
      return [
        note(
          area,
          "pam-account-line",
          "pam_duogate has nothing to say about accounts: this line does nothing",
          "remove the line",
        ),
      ];
    case "session":
      return [
        note(
          area,
          "pam-session-line",
          "pam_duogate has nothing to do in a session: this line does nothing",
          "remove the line",
        ),
      ];
    case "password":
      return [
        warning(
          area,
          "pam-password-line",
          "pam_duogate has no password to change: changing one fails here",
          "remove the line",
        ),
      ];
  }
}

function silentFindings(area: string, { silent }: PamModuleEntry): readonly Finding[] {
  if (!silent) return [];
  const seen = 'the line begins with "-": if the module\'s file is missing, logins fail and nothing says why';
  return [note(area, "pam-silent", seen, 'remove the "-"')];
}

function disagreements(area: string, service: string, args: ModuleArguments, config: Config): readonly Finding[] {
  const { runtimeDir, loginTimeoutMs } = config.gateway;
  const { failmode } = config.services.get(service) ?? config.duo;
  const findings: Finding[] = [];
  const socket = args.socket ?? DEFAULT_SOCKET;
  const places = ["pam.sock", "login.sock"].map((name) => join(runtimeDir, name));
  if (!places.includes(socket)) {
    const seen = `the line asks the daemon at ${socket}, and the daemon's runtime_dir is ${runtimeDir}`;
    findings.push(warning(area, "pam-socket", seen, `write socket=${places[0]}, or runtime_dir to match`));
  }
  findings.push(...loginSocketFindings(area, service, args, runtimeDir));
  if (args.timeoutMs < loginTimeoutMs) {
    const seen = `the module gives up after ${args.timeoutMs / 1000} s, though login_timeout gives a login ${loginTimeoutMs / 1000} s`;
    findings.push(
      warning(area, "pam-timeout", seen, `write timeout=${loginTimeoutMs / 1000 + 5}, or a smaller login_timeout`),
    );
  }
  if (args.failmode === "safe" && failmode === "secure") {
    const seen =
      "the line lets everybody in while the daemon cannot be reached (failmode=safe), though the configuration says secure";
    findings.push(
      warning(
        area,
        "pam-failmode",
        seen,
        "remove failmode=safe from the line, or write failmode = safe in the configuration",
      ),
    );
  } else if (args.failmode === "secure" && failmode === "safe") {
    const seen =
      "while the daemon cannot be reached nobody gets in here, though the configuration lets in while Duo cannot be reached";
    findings.push(note(area, "pam-failmode", seen, "write failmode=safe in the line as well if that is not meant"));
  }
  if (args.owner !== undefined && args.owner !== 0) {
    const seen = `owner=${args.owner} lets that user put another program in the daemon's place`;
    findings.push(warning(area, "pam-owner", seen, "remove owner=; it is for tests and containers"));
  }
  return findings;
}
