// sshd asked about itself, and judged: the settings that hold for most, and those of each Match block. Gathers; the judgement is
// in sshd-findings.ts.

import type { Config } from "../../config/config.ts";
import type { RunProgram } from "../../host/program.ts";
import { ANYBODY, type SshdConnection, type SshdSettings, sshdSettings, sshdValue } from "../../host/sshd.ts";
import { type MatchBlock, matchBlocks } from "../../host/sshd-match.ts";
import { at, danger, type Finding, note, warning } from "./finding.ts";
import { duogateLines } from "./line-findings.ts";
import { moduleArguments } from "./module-arguments.ts";
import { asksDuo, type PamFacts } from "./pam-findings.ts";
import { keyFirst, sshdFindings } from "./sshd-findings.ts";

const DEFAULT_LOGIN_MS = 110_000;
const NOT_ASKED = "sshd-not-asked";

export interface SshdPart {
  readonly findings: readonly Finding[];
  readonly keyFirst: boolean;
}

type Judge = (settings: SshdSettings, label: string) => readonly Finding[];

/** Each costs a run of sshd. */
const MATCHES_MAX = 40;

export async function sshdPart(
  run: RunProgram,
  pam: PamFacts,
  config: Config | undefined,
  connection: SshdConnection = ANYBODY,
): Promise<SshdPart> {
  const judge: Judge = (settings, label) => {
    // Newer versions of OpenSSH can name another service (PAMServiceName).
    const service = pam.services.get(sshdValue(settings, "pamservicename") ?? "sshd");
    const lines = service === undefined ? [] : duogateLines(service.service);
    const timeouts = lines.map((line) => moduleArguments(line).timeoutMs);
    const loginMs = Math.min(config?.gateway.loginTimeoutMs ?? DEFAULT_LOGIN_MS, ...timeouts);
    return sshdFindings(settings, { asksDuo: service !== undefined && asksDuo(service), loginMs, label });
  };
  const most = await sshdSettings(run, connection);
  if (!most.ok) return { findings: [unseenSshd(most.error)], keyFirst: false };
  const general = judge(most.value, "");
  const asks = !general.some(({ id }) => id === NOT_ASKED);
  const blocks: Finding[] = [];
  for (const [index, block] of matchBlocks().entries()) {
    const found = index < MATCHES_MAX ? await blockFindings(run, block, judge) : [unseenBlock(block)];
    const told = found.map((one) => (asks && one.id === NOT_ASKED ? exempt(block) : one));
    blocks.push(...told.filter(({ level, id }) => level !== "ok" && id !== NOT_ASKED).map((one) => at(block, one)));
  }
  return { findings: [...general, ...blocks], keyFirst: keyFirst(most.value) };
}

/** What holds in a Match block, by sshd's own word. */
async function blockFindings(run: RunProgram, block: MatchBlock, judge: Judge): Promise<readonly Finding[]> {
  const settings = block.connection === undefined ? undefined : await sshdSettings(run, block.connection);
  return settings?.ok === true ? judge(settings.value, `Match ${block.text}`) : [unseenBlock(block)];
}

function unseenBlock({ text }: MatchBlock): Finding {
  const seen = `Match ${text} was not looked into`;
  return note("sshd", "sshd-match-unseen", seen, "duogate doctor --user NAME --from ADDRESS shows what holds there");
}

function exempt({ text }: MatchBlock): Finding {
  const seen = `Match ${text}: Duo is not asked there, though it is elsewhere`;
  return warning(
    "sshd",
    "sshd-match-exempt",
    seen,
    "take what turns it off out of the block, or write exceptions as groups =",
  );
}

function unseenSshd(failure: { readonly code: string; readonly detail?: string }): Finding {
  if (failure.code === "absent") return note("sshd", "sshd-absent", "this machine has no sshd");
  const why = failure.detail?.split("\n")[0] ?? failure.code;
  if (/\bline \d+\b/.test(why)) {
    const seen = `sshd refuses its own configuration, and would not start again: ${why}`;
    return danger(
      "sshd",
      "sshd-broken",
      seen,
      "mend the line; sshd -t shows what is left, and keep the session that you have",
    );
  }
  return note(
    "sshd",
    "sshd-unseen",
    `sshd's settings could not be read: ${why}`,
    "run this as root, while sshd runs; sshd -T shows what it says",
  );
}
