// sshd asked about itself, and judged: the settings that hold for most, those of each Match block, and the same for every other
// sshd of the machine. Gathers; the judgement is in sshd-findings.ts and sshd-broken.ts.

import type { Config } from "../../config/config.ts";
import { type LocalAccount, machineAccounts } from "../../host/local-accounts.ts";
import type { RunProgram } from "../../host/program.ts";
import {
  ANYBODY,
  type SshdConnection,
  type SshdFailure,
  type SshdSettings,
  sshdSettings,
  sshdValue,
} from "../../host/sshd.ts";
import { sshdStatements } from "../../host/sshd-config.ts";
import { type SshdInstance, sshdInstances } from "../../host/sshd-instances.ts";
import { type MatchBlock, matchBlocks, matchGroups } from "../../host/sshd-match.ts";
import { isAbout, sshdProbes } from "../../host/sshd-probes.ts";
import { at, danger, type Finding, note, warning } from "./finding.ts";
import { duogateLines } from "./line-findings.ts";
import { moduleArguments } from "./module-arguments.ts";
import { asksDuo, type PamFacts } from "./pam-findings.ts";
import { refusedFinding } from "./sshd-broken.ts";
import { keyFirst, sshdFindings } from "./sshd-findings.ts";
import { keyFindings } from "./sshd-key.ts";
import { restFindings, type Told } from "./sshd-rest.ts";

const DEFAULT_LOGIN_MS = 110_000;
const NOT_ASKED = "sshd-not-asked";

export interface SshdPart {
  readonly findings: readonly Finding[];
  readonly keyFirst: boolean;
}

export interface SshdQuestion {
  readonly run: RunProgram;
  readonly isRoot: boolean;
  readonly pam: PamFacts;
  readonly config: Config | undefined;
  /** What holds for this connection instead of for most. */
  readonly connection: SshdConnection | undefined;
}

type Judge = (settings: SshdSettings, label: string) => readonly Finding[];

/** Each costs a run of sshd. */
const MATCHES_MAX = 40;
const USUAL: SshdInstance = { config: undefined, options: [], where: [] };

export async function sshdPart(question: SshdQuestion): Promise<SshdPart> {
  const usual = await instancePart(USUAL, question, undefined);
  const others: Finding[] = [];
  for (const instance of sshdInstances()) {
    const { findings } = await instancePart(instance, question, usual);
    const name = `sshd ${instance.options.join(" ")}`;
    const label = `${name} (${instance.where.join(", ")})`;
    others.push(
      ...findings.map((one) => ({
        ...one,
        seen: `${label}: ${one.seen}`,
        subject: `${name}: ${one.subject ?? "sshd"}`,
      })),
    );
  }
  return { findings: [...usual.findings, ...others], keyFirst: usual.keyFirst };
}

/** `usual`: what holds without options, for one that has some: the PAM stack was judged with that. */
async function instancePart(
  instance: SshdInstance,
  question: SshdQuestion,
  usual: SshdPart | undefined,
): Promise<SshdPart> {
  const { run, isRoot, pam, config, connection = ANYBODY } = question;
  const { options } = instance;
  const judge: Judge = (settings, label) => {
    // Newer versions of OpenSSH can name another service (PAMServiceName).
    const service = pam.services.get(sshdValue(settings, "pamservicename") ?? "sshd");
    const lines = service === undefined ? [] : duogateLines(service.service);
    const timeouts = lines.map((line) => moduleArguments(line).timeoutMs);
    const loginMs = Math.min(config?.gateway.loginTimeoutMs ?? DEFAULT_LOGIN_MS, ...timeouts);
    const context = { asksDuo: service !== undefined && asksDuo(service), loginMs, label };
    const rest = isRest ? keyFindings(settings, service, label) : [];
    return [...sshdFindings(settings, context), ...rest];
  };
  // Where a key comes first for most, the stack may be one that needs it: what holds for the others is told here.
  let isRest = usual?.keyFirst === true;
  const place = { path: instance.config };
  const most = await sshdSettings(run, connection, options);
  if (!most.ok) {
    const command = ["sshd", "-t", ...options].join(" ");
    const refusal = { failure: most.error, isRoot, statements: sshdStatements(place), command };
    return { findings: [refusedFinding(refusal)], keyFirst: false };
  }
  const general = judge(most.value, "");
  isRest ||= keyFirst(most.value);
  const asks = !general.some(({ id }) => id === NOT_ASKED);
  const blocks: Finding[] = [];
  const accounts = await accountsFor(place, run);
  const matches = matchBlocks(place, accounts);
  const told: Told[] = [{ covers: () => true, findings: general }];
  for (const [index, block] of matches.entries()) {
    const found =
      index < MATCHES_MAX
        ? await blockFindings(run, block, options, judge)
        : [unseenBlock(block, "there are too many blocks")];
    const exempted = found.map((one) => (asks && one.id === NOT_ASKED ? exempt(`Match ${block.text}`) : one));
    told.push({ covers: (connection) => isAbout(block, connection, accounts), findings: exempted });
    blocks.push(...exempted.filter(isOpen).map((one) => at(block, one)));
  }
  const rest = connection === ANYBODY ? sshdProbes(matches, accounts, portsOf(most.value)) : [];
  blocks.push(
    ...(await restFindings(rest, told, async (probe, label) => {
      const settings = await sshdSettings(run, probe, options);
      const found = settings.ok ? judge(settings.value, label) : [];
      return found.map((one) => (asks && one.id === NOT_ASKED ? exempt(label) : one));
    })),
  );
  return { findings: [...general, ...blocks], keyFirst: keyFirst(most.value) };
}

const isOpen = ({ level, id }: Finding): boolean => level !== "ok" && id !== NOT_ASKED;
function portsOf(settings: SshdSettings): readonly number[] {
  return (settings.get("port") ?? []).map(Number).filter((port) => Number.isSafeInteger(port) && port > 0);
}

/** Only where a block names groups: a directory may take its time to list everybody. */
async function accountsFor(
  place: { readonly path: string | undefined },
  run: RunProgram,
): Promise<readonly LocalAccount[]> {
  const groups = matchGroups(place);
  return groups === undefined ? [] : await machineAccounts(run, groups);
}

/** What holds in a Match block, by sshd's own word. */
async function blockFindings(
  run: RunProgram,
  block: MatchBlock,
  options: readonly string[],
  judge: Judge,
): Promise<readonly Finding[]> {
  if (block.connection === undefined) return [unseenBlock(block, block.reason ?? "")];
  const settings = await sshdSettings(run, block.connection, options);
  if (!settings.ok) return [refusedBlock(block, settings.error)];
  return judge(settings.value, `Match ${block.text}`);
}

/** sshd reads these values when somebody logs in, and ends that login: sshd -t finds nothing. */
function refusedBlock(block: MatchBlock, failure: SshdFailure): Finding {
  if (failure.code !== "refused") return unseenBlock(block, "sshd did not answer for it");
  const seen = `Match ${block.text}: sshd ends every login that comes here: ${failure.detail.split("\n").at(-1) ?? ""}`;
  return danger(
    "sshd",
    "sshd-locked-out",
    seen,
    "correct the block; sshd -T -C with such a user and address shows what is left",
  );
}

function unseenBlock({ text }: MatchBlock, reason: string): Finding {
  const seen = `Match ${text} was not looked into: ${reason}`;
  return note("sshd", "sshd-match-unseen", seen, "duogate doctor --user NAME --from ADDRESS shows what holds there");
}

function exempt(label: string): Finding {
  const seen = `${label}: Duo is not asked there, though it is elsewhere`;
  const remedy = "take what turns it off out of the block, unless these accounts are machines' and it is meant";
  return { ...warning("sshd", "sshd-match-exempt", seen, remedy), subject: label };
}
