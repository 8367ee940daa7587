// `duogate doctor`: looks at everything that goes wrong in practice, from the configuration over PAM and sshd to Duo, and
// says what it saw and what to do. It changes nothing, lets nobody in, and asks Duo about no user. Gathers and prints; what
// is found is judged in this folder's *-findings.ts.

import type { Config, DuoSettings } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import type { Clock } from "../../core/clock.ts";
import { err, ok as okResult, type Result } from "../../core/result.ts";
import type { Resolve } from "../../duo/resolver.ts";
import { accessControl } from "../../host/access-control.ts";
import { accountNamed } from "../../host/account.ts";
import { localAccounts } from "../../host/accounts.ts";
import type { FirstFactors } from "../../host/pam/modules.ts";
import type { RunProgram } from "../../host/program.ts";
import type { SshdConnection } from "../../host/sshd.ts";
import { unitStates } from "../../host/units.ts";
import { askDaemon } from "../control/control-client.ts";
import { sameConnection } from "../daemon/same-connection.ts";
import { EXIT } from "../exit-codes.ts";
import { acknowledge } from "./acknowledge.ts";
import { readEntries } from "./acknowledged.ts";
import { configFindings } from "./config-findings.ts";
import { daemonAnswer, daemonFindings } from "./daemon-findings.ts";
import { type Finding, LEVELS, note, worst } from "./finding.ts";
import { groupFindings } from "./group-findings.ts";
import { duogateLines } from "./line-findings.ts";
import { doorFacts, moduleFile, pamFacts } from "./machine-facts.ts";
import { accessFindings, moduleFindings } from "./machine-findings.ts";
import { networkFacts } from "./network-facts.ts";
import { networkFindings } from "./network-findings.ts";
import { pamFindings } from "./pam-findings.ts";
import { reportJson, reportText } from "./report.ts";
import { socketFindings } from "./socket-findings.ts";
import { sshdPart } from "./sshd-part.ts";
import { sudoPart } from "./sudo-part.ts";
import { unitFindings } from "./unit-findings.ts";

export interface DoctorOptions {
  readonly config: string;
  /** What root has said to be meant. */
  readonly acknowledged: string;
  readonly credentialsDirectory: string | undefined;
  /** For which connection sshd's settings are asked; undefined: what holds for most. */
  readonly connection?: SshdConnection | undefined;
  /** Leaves the network out. */
  readonly offline: boolean;
  readonly json: boolean;
  /** Modules that the administrator says are a first factor. */
  readonly firstFactors: FirstFactors;
}

export interface DoctorParts {
  readonly version: string;
  readonly isRoot: boolean;
  readonly run: RunProgram;
  readonly clock: Clock;
  readonly resolve: Resolve;
  readonly colour: boolean;
  readonly progress: (what: string) => void;
  readonly print: (text: string) => void;
}

/** Returns the exit code: `invalid` where something is to be fixed that nobody has acknowledged. */
export async function doctor(options: DoctorOptions, parts: DoctorParts): Promise<number> {
  const found = await examine(options, parts);
  const nowMs = parts.clock.wallMs();
  const meant = await readEntries(options.acknowledged, nowMs);
  const everywhere = parts.isRoot && !options.offline && options.connection === undefined;
  const findings = [...acknowledge(found, meant.entries, { everywhere, nowMs }), ...meant.faults];
  const { version } = parts;
  parts.print(options.json ? reportJson(findings, { version }) : reportText(findings, parts.colour));
  return LEVELS.indexOf(worst(findings)) > LEVELS.indexOf("note") ? EXIT.invalid : EXIT.ok;
}

const DEFAULT_RUNTIME_DIR = "/run/duogate";

async function examine(
  { config: path, credentialsDirectory, connection, offline, firstFactors }: DoctorOptions,
  parts: DoctorParts,
): Promise<readonly Finding[]> {
  const { run, isRoot, version, progress } = parts;
  progress("looking at this machine");
  const loaded = await loadConfig(path, { credentialsDirectory, clock: parts.clock });
  const config = loaded.ok ? loaded.value : undefined;
  const account = await accountNamed(run, "duogate");
  const pam = pamFacts("/", firstFactors);
  const runtimeDir = config?.gateway.runtimeDir ?? DEFAULT_RUNTIME_DIR;
  const sshd = await sshdPart({ run, isRoot, pam, config, connection });
  const used = [...pam.services.values()].some(({ service }) =>
    duogateLines(service).some(({ module }) => !module.startsWith("/")),
  );
  return [
    ...configFindings({ path, loaded, isRoot, account }),
    ...moduleFindings(moduleFile(used)),
    ...unitFindings(await unitStates(run)),
    ...socketFindings(doorFacts(runtimeDir, isRoot), { uid: account?.uid }),
    ...(config === undefined ? [] : groupFindings(config, localAccounts())),
    ...daemonFindings(await daemonPart(runtimeDir), version, isRoot),
    ...pamFindings(pam, config, sshd.keyFirst),
    ...sshd.findings,
    ...(await sudoPart(run, pam)),
    ...accessFindings(accessControl()),
    ...(offline ? [] : await networkPart(config, parts)),
  ];
}

async function daemonPart(runtimeDir: string): Promise<Result<ReturnType<typeof daemonAnswer>, string>> {
  const answer = await askDaemon(`${runtimeDir}/control.sock`, "GET", "/status");
  return answer.ok ? okResult(daemonAnswer(answer.value)) : err(answer.error);
}

/** Each application at Duo once, by each way. */
async function networkPart(
  config: Config | undefined,
  { clock, resolve, version, progress }: DoctorParts,
): Promise<readonly Finding[]> {
  if (config === undefined)
    return [note("duo", "duo-unseen", "the way to Duo was not looked at: there is no valid configuration")];
  const userAgent = `duogate/${version} (${process.platform}; ${process.arch})`;
  const targets: (readonly [string, DuoSettings])[] = [["[duo]", config.duo]];
  for (const [service, settings] of config.services) {
    if (!targets.some(([, other]) => sameConnection(other, settings))) targets.push([`[service:${service}]`, settings]);
  }
  const findings: Finding[] = [];
  for (const [label, settings] of targets) {
    findings.push(
      ...networkFindings(await networkFacts(label, settings, { clock, resolve, userAgent, progress }), clock.wallMs()),
    );
  }
  return findings;
}
