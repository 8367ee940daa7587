// The PAM services of this machine: those that ask Duo, each judged, and those that people forget. Pure. Called by doctor.

import type { Config } from "../../config/config.ts";
import type { PamModuleEntry, PamService } from "../../host/pam/entry.ts";
import type { Judged } from "../../host/pam/verdicts.ts";
import { at, danger, type Finding, note, warning } from "./finding.ts";
import { duogateLines, lineFindings } from "./line-findings.ts";
import { type StackContext, stackFindings } from "./stack-findings.ts";

export interface ServiceFacts {
  readonly service: PamService;
  readonly judged: Judged;
  /** Lines of the module whose file is certainly not there, with the path. */
  readonly missing: ReadonlyMap<PamModuleEntry, string>;
}

export interface PamFacts {
  /** Every service that has a file, by name. */
  readonly services: ReadonlyMap<string, ServiceFacts>;
}

/** Asked about even where they have no line of the module. */
const ALWAYS = ["sshd", "sudo", "su", "login"] as const;

/** The second of each pair is the same program with an option. */
const PAIRS = [
  ["sudo", "sudo-i", "sudo -i"],
  ["su", "su-l", "su -"],
] as const;

/** Files that others include; no program uses them as a service. */
const PART =
  /^(common-|system-auth|password-auth|smartcard-auth|fingerprint-auth|postlogin|system-login|system-local-login|system-remote-login)/;

export function asksDuo({ judged }: ServiceFacts): boolean {
  return judged.kind !== "none";
}

export function pamFindings(facts: PamFacts, config: Config | undefined, keyFirst: boolean): readonly Finding[] {
  const named = [...facts.services].filter(([name, one]) => !PART.test(name) && duogateLines(one.service).length > 0);
  return [
    ...named.flatMap(([name, one]) => serviceFindings(name, one, config, { keyFirst: keyFirst && name === "sshd" })),
    ...forgottenFindings(facts),
    ...sectionFindings(facts, config),
  ];
}

function serviceFindings(
  name: string,
  { service, judged, missing }: ServiceFacts,
  config: Config | undefined,
  context: StackContext,
): readonly Finding[] {
  const files = [...missing].map(([line, path]) => {
    const seen = `there is no ${path}, so nobody gets in through this line`;
    return at(line.place, danger(`pam ${name}`, "pam-module-missing", seen, "install the module, or remove the line"));
  });
  const lines = duogateLines(service).flatMap((line) => lineFindings(name, line, config));
  return [...files, ...lines, ...stackFindings(service, judged, context)];
}

function forgottenFindings({ services }: PamFacts): readonly Finding[] {
  const asking = (name: string) => {
    const one = services.get(name);
    return one !== undefined && asksDuo(one);
  };
  const pairs = PAIRS.flatMap(([name, other, command]) => {
    if (!asking(name) || !services.has(other) || asking(other)) return [];
    const seen = `${name} asks Duo, and ${command} does not: it has a service of its own, ${other}`;
    return [danger(`pam ${other}`, "pam-other-door", seen, `write the same auth lines into /etc/pam.d/${other}`)];
  });
  const silent = ALWAYS.filter((name) => services.has(name) && !asking(name)).map((name) =>
    note(`pam ${name}`, "pam-not-asked", `${name} does not ask Duo`, `if it should: duogate enable ${name}`),
  );
  return [...pairs, ...silent];
}

/** A [service:NAME] section for a service that never asks is a misspelt name, or a line that was forgotten. */
export function sectionFindings({ services }: PamFacts, config: Config | undefined): readonly Finding[] {
  const sections = [...(config?.services.keys() ?? [])].filter((name) => name !== "login_duogate");
  return sections.flatMap((name) => {
    const one = services.get(name);
    if (one !== undefined && (asksDuo(one) || one.service.problems.some(({ code }) => code === "unreadable")))
      return [];
    const seen = `the configuration has a section [service:${name}], and ${one === undefined ? `there is no PAM service ${name}` : `the PAM service ${name} does not ask Duo`}`;
    return [
      warning(
        `pam ${name}`,
        "pam-section-unused",
        seen,
        `put pam_duogate into /etc/pam.d/${name}, or remove the section`,
      ),
    ];
  });
}
