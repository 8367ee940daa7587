// The PAM services of this machine: those that ask Duo, each judged, and those that people forget. Pure. Called by doctor.

import type { Config } from "../../config/config.ts";
import type { LooseFile } from "../../host/loose-file.ts";
import type { PamModuleEntry, PamService } from "../../host/pam/entry.ts";
import type { Judging } from "../../host/pam/persons.ts";
import type { Judged } from "../../host/pam/verdicts.ts";
import { at, danger, type Finding, note, warning } from "./finding.ts";
import { duogateLines, lineFindings } from "./line-findings.ts";
import { ALONE } from "./remedies.ts";
import { type StackContext, stackFindings } from "./stack-findings.ts";

export interface ServiceFacts {
  readonly service: PamService;
  readonly judged: Judged;
  /** Lines of the module whose file is certainly not there, with the path. */
  readonly missing: ReadonlyMap<PamModuleEntry, string>;
  /** Files of the service that somebody besides root could change. */
  readonly loose: readonly LooseFile[];
}

export interface PamFacts {
  /** Every service that has a file, by name. */
  readonly services: ReadonlyMap<string, ServiceFacts>;
  /** How long login(1) waits for a user, the second factor included; 0: for ever. */
  readonly consoleMs: number;
  /** Which modules are there, and which of them the administrator vouches for; undefined: all are, and none. */
  readonly judging?: Judging | undefined;
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
  const services = [...facts.services.values()].map(({ service }) => service);
  const around = { judging: facts.judging ?? ALONE.judging, services };
  const own = named.flatMap(([name, one]) =>
    serviceFindings(name, one, config, { keyFirst: keyFirst && name === "sshd", around }),
  );
  return [
    ...folded(own),
    ...consoleFindings(facts, config),
    ...forgottenFindings(facts),
    ...sectionFindings(facts, config),
  ];
}

/** A line in a part that several services include is told once, with their names. */
function folded(findings: readonly Finding[]): readonly Finding[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.id, finding.place, finding.seen]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()].map(([first, ...more]) => {
    if (more.length === 0) return first;
    const names = [first, ...more].map(({ area }) => area.replace(/^pam /, ""));
    return { ...first, area: "pam", seen: `${first.seen} (${names.join(", ")})` };
  });
}

function serviceFindings(
  name: string,
  { service, judged, missing, loose }: ServiceFacts,
  config: Config | undefined,
  context: StackContext,
): readonly Finding[] {
  const files = [...missing].map(([line, path]) => {
    const seen = `there is no ${path}, so nobody gets in through this line`;
    return at(line.place, danger(`pam ${name}`, "pam-module-missing", seen, "install the module, or remove the line"));
  });
  const lines = duogateLines(service).flatMap((line) => lineFindings(name, line, config));
  const open = loose.map(({ path, uid, mode }) => {
    const who = uid === 0 ? `others can write it (mode 0${mode.toString(8)})` : `it belongs to uid ${uid}`;
    const seen = `${path} is not root's alone to change: ${who}, who can take the module out`;
    return danger(`pam ${name}`, "pam-file-loose", seen, `chown root:root ${path}; chmod go-w ${path}`);
  });
  const stack = stackFindings(service, judged, context);
  return [...files, ...open, ...lines, ...(files.length > 0 ? stack.filter(({ level }) => level !== "ok") : stack)];
}

function consoleFindings({ services, consoleMs }: PamFacts, config: Config | undefined): readonly Finding[] {
  const login = services.get("login");
  const loginMs = config?.gateway.loginTimeoutMs;
  if (login === undefined || loginMs === undefined || !asksDuo(login)) return [];
  if (consoleMs === 0 || consoleMs > loginMs) return [];
  const seen = `login gives up after ${consoleMs / 1000} s (LOGIN_TIMEOUT), and a login may take ${loginMs / 1000} s`;
  return [
    warning("pam login", "login-timeout", seen, `write in /etc/login.defs: LOGIN_TIMEOUT ${loginMs / 1000 + 10}`),
  ];
}

function forgottenFindings({ services }: PamFacts): readonly Finding[] {
  const asking = (name: string) => {
    const one = services.get(name);
    return one !== undefined && asksDuo(one);
  };
  const pairs = PAIRS.flatMap(([name, other, command]) => {
    if (!asking(name) || !services.has(other) || asking(other)) return [];
    const seen = `${name} asks Duo, and ${command} does not: it has a service of its own, ${other}`;
    return [danger(`pam ${other}`, "pam-other-door", seen, `duogate enable ${other}`)];
  });
  const silent = ALWAYS.filter((name) => services.has(name) && !asking(name)).map((name) =>
    note(`pam ${name}`, "pam-not-asked", `${name} does not ask Duo`, `if it should: duogate enable ${name}`),
  );
  // The password's way to root beside sudo.
  const pkexec = asking("sudo") && services.has("polkit-1") && !asking("polkit-1");
  const seen =
    "sudo asks Duo, and pkexec does not: where polkit's rules allow it, the password alone leads to root there";
  const beside = pkexec ? [note("pam polkit-1", "pam-not-asked", seen, "if it should: duogate enable polkit-1")] : [];
  return [...pairs, ...silent, ...beside];
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
