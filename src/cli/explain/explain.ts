// `duogate explain USER@SERVICE`: what a login would come to, and by which line, without a push. It asks the user database, and
// Duo's preauth where --online says so; every decision is made by the functions that decide about logins.

import { hostname } from "node:os";
import type { Config, DuoSettings } from "../../config/config.ts";
import { loadConfig, readConfigFile } from "../../config/load.ts";
import { OPTIONS } from "../../config/options.ts";
import { type OriginOf, originsFor } from "../../config/origins.ts";
import { formatProblems } from "../../config/problem.ts";
import { displayLine } from "../../core/display-text.ts";
import type { DuoFailure } from "../../core/failure.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { DuoSubject, Preauth } from "../../duo/api.ts";
import { addressForDuo } from "../../login/address.ts";
import { decideGate, type GateReason } from "../../login/gate.ts";
import type { Directory, ServerAddress } from "../../login/ports.ts";
import { emptyRecord } from "../../login/record.ts";
import { loginDoorOf, policyOf } from "../daemon/generation.ts";
import type { ServiceFacts } from "../doctor/pam-findings.ts";
import { EXIT } from "../exit-codes.ts";
import { type Explanation, endingOf, type Step } from "./explanation.ts";
import { afterPreauth } from "./online.ts";
import { pamPart } from "./pam-step.ts";
import { type Asked, arrive } from "./question.ts";
import { addressStep, cited, gateStep, outageEndings, outageStep } from "./steps.ts";
import type { SudoPart } from "./sudo-step.ts";

export interface ExplainParts {
  readonly config: Config;
  readonly originOf: OriginOf;
  readonly directory: Directory;
  readonly serverAddress: ServerAddress;
  /** What sudo does before PAM is asked, for logins through sudo. */
  readonly sudo?: SudoPart | undefined;
  /** The service's PAM stack; undefined for login_duogate, which has none. */
  readonly pam: ServiceFacts | undefined;
  /** Asks Duo; undefined: do not ask. */
  readonly askPreauth:
    | ((settings: DuoSettings, subject: DuoSubject) => Promise<Result<Preauth, DuoFailure>>)
    | undefined;
}

export interface Explained {
  readonly explanation: Explanation;
  readonly code: number;
}

/** Works it out. Err: one sentence about what the question lacks. */
export async function explain(question: Asked, parts: ExplainParts): Promise<Result<Explained, string>> {
  const { config, originOf, directory, sudo } = parts;
  const asked = sudo === undefined ? question : throughSudo(question, sudo);
  const settings = config.services.get(asked.service) ?? config.duo;
  const policy = policyOf(settings, config.gateway.hostname ?? hostname());
  const { service } = asked;
  const { asksDuogate, first } = wayThere(parts);
  const told = { user: question.user, service, asksDuogate };
  const came = await arrive(asked, loginDoorOf(settings, config.gateway), directory);
  if (!came.ok) return came;
  if (came.value.kind === "refused") {
    const { verdict, words } = came.value;
    const steps: readonly Step[] = [
      ...first,
      { rule: "entrance", text: words, from: cited(originOf, OPTIONS.loginUsers) },
    ];
    const outcome = { kind: "ended", ...endingOf(verdict) } as const;
    return ok({ explanation: { ...told, steps, outcome, outage: undefined }, code: EXIT.denied });
  }
  const { facts, duoUser } = came.value;
  const gate = await decideGate({ facts, policy, duoUser, directory });
  if (asked.caller === undefined && asksUnknownCaller(asked.service, gate.reasons)) {
    return err("su to root asks Duo for whoever types it: add --caller USER");
  }
  const steps = [...first, ...gate.reasons.map((reason) => gateStep(reason, originOf))];
  if (gate.kind === "ended") {
    const outcome = { kind: "ended", ...endingOf(gate.verdict) } as const;
    const code = gate.verdict.kind === "allow" ? EXIT.ok : EXIT.denied;
    return ok({ explanation: { ...told, steps, outcome, outage: undefined }, code });
  }
  const { username } = gate;
  const record = emptyRecord();
  const ipaddr = await addressForDuo({ facts, policy, serverAddress: parts.serverAddress }, record);
  steps.push(addressStep(facts, record, originOf), duoStep(settings, originOf));
  const outage = outageEndings(settings.failmode);
  const last = outageStep(settings, originOf);
  const subject = { username, ipaddr, hostname: policy.hostname };
  const answer = await parts.askPreauth?.(settings, subject);
  if (answer === undefined) {
    const explanation = {
      ...told,
      steps: [...steps, last],
      outcome: { kind: "duo-decides", username } as const,
      outage,
    };
    return ok({ explanation, code: EXIT.undecided });
  }
  const online = afterPreauth({ facts, policy, username, originOf }, answer);
  const explanation = { ...told, steps: [...steps, ...online.steps, last], outcome: online.outcome, outage };
  return ok({ explanation, code: online.failed ?? codeOf(explanation) });
}

/** What stands between the program and duogate: sudo's own rules, and the PAM stack. */
function wayThere({ pam, sudo }: ExplainParts): { readonly asksDuogate: boolean; readonly first: readonly Step[] } {
  const stack = pam === undefined ? undefined : pamPart(pam);
  const first = [...(sudo?.steps ?? []), ...(stack === undefined ? [] : [stack.step])];
  return { asksDuogate: (stack?.asks ?? true) && sudo?.asks !== false, first };
}

/** sudo's PAM user need not be who types it, and neither need the service be sudo. */
function throughSudo(question: Asked, { user, service }: SudoPart): Asked {
  return { ...question, user, service, caller: question.caller ?? question.user };
}

function codeOf({ outcome }: Explanation): number {
  if (outcome.kind !== "ended") return EXIT.undecided;
  return outcome.verdict === "allow" ? EXIT.ok : EXIT.denied;
}

/** uid 0 stood in for a caller whom nobody named, and Duo would be asked for that name. */
function asksUnknownCaller(service: string, reasons: readonly GateReason[]): boolean {
  const caller = reasons.some((reason) => reason.kind === "subject" && reason.rule !== "user");
  return caller && (service === "su" || service === "su-l");
}

function duoStep({ host, ikey, api }: DuoSettings, originOf: OriginOf): Step {
  const text = `${host} is asked, for the application ${displayLine(ikey)} (API ${api})`;
  return { rule: "duo", text, from: cited(originOf, OPTIONS.host, OPTIONS.ikey) };
}

export interface LoadedConfig {
  readonly config: Config;
  readonly originOf: OriginOf;
}

/** The configuration with the lines that it came from; err: its problems, as text. */
export async function loadExplained(
  path: string,
  service: string,
  credentialsDirectory: string | undefined,
): Promise<Result<LoadedConfig, string>> {
  const config = await loadConfig(path, { credentialsDirectory });
  if (!config.ok) return err(formatProblems(config.error));
  const file = await readConfigFile(path, { credentialsDirectory });
  if (!file.ok) return err(formatProblems(file.error));
  return ok({ config: config.value, originOf: originsFor(file.value.text, path, service) });
}
