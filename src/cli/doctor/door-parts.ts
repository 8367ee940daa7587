// sshd and sudo asked about themselves, and judged: the settings that hold for most, and those of each Match block. Gathers;
// the judgement is in sshd-findings.ts and sudo-findings.ts. Called by doctor.ts.

import type { Config } from "../../config/config.ts";
import type { RunProgram } from "../../host/program.ts";
import { ANYBODY, type SshdConnection, type SshdSettings, sshdSettings } from "../../host/sshd.ts";
import { matchBlocks } from "../../host/sshd-match.ts";
import { sudoSettings } from "../../host/sudo.ts";
import { at, danger, type Finding, note } from "./finding.ts";
import { duogateLines } from "./line-findings.ts";
import { moduleArguments } from "./module-arguments.ts";
import { asksDuo, type PamFacts } from "./pam-findings.ts";
import { keyFirst, sshdFindings } from "./sshd-findings.ts";
import { sudoFindings } from "./sudo-findings.ts";

const DEFAULT_LOGIN_MS = 110_000;

export interface SshdPart {
  readonly findings: readonly Finding[];
  readonly keyFirst: boolean;
}

export async function sshdPart(
  run: RunProgram,
  pam: PamFacts,
  config: Config | undefined,
  connection: SshdConnection = ANYBODY,
): Promise<SshdPart> {
  const service = pam.services.get("sshd");
  const asks = service !== undefined && asksDuo(service);
  const timeouts =
    service === undefined ? [] : duogateLines(service.service).map((line) => moduleArguments(line).timeoutMs);
  const loginMs = Math.min(config?.gateway.loginTimeoutMs ?? DEFAULT_LOGIN_MS, ...timeouts);
  const judge = (settings: SshdSettings, label: string) => sshdFindings(settings, { asksDuo: asks, loginMs, label });
  const most = await sshdSettings(run, connection);
  if (!most.ok) return { findings: [unseenSshd(most.error)], keyFirst: false };
  const blocks: Finding[] = [];
  for (const { file, line, text, connection: inside } of matchBlocks()) {
    const place = { file, line };
    if (inside === undefined) {
      blocks.push(
        at(
          place,
          note(
            "sshd",
            "sshd-match-unseen",
            `Match ${text} was not looked into`,
            "sshd -T -C user=NAME,host=NAME,addr=ADDRESS shows what holds there",
          ),
        ),
      );
      continue;
    }
    blocks.push(...(await matchFindings(run, inside, judge, `Match ${text}`)).map((one) => at(place, one)));
  }
  return { findings: [...judge(most.value, ""), ...blocks], keyFirst: keyFirst(most.value) };
}

/** What holds in a Match block; that all is well there goes without saying. */
async function matchFindings(
  run: RunProgram,
  connection: SshdConnection,
  judge: (settings: SshdSettings, label: string) => readonly Finding[],
  label: string,
): Promise<readonly Finding[]> {
  const settings = await sshdSettings(run, connection);
  return settings.ok
    ? judge(settings.value, label).filter(({ level, id }) => level !== "ok" && id !== "sshd-not-asked")
    : [];
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

export async function sudoPart(run: RunProgram, pam: PamFacts): Promise<readonly Finding[]> {
  const asking = ["sudo", "sudo-i"].some((name) => {
    const one = pam.services.get(name);
    return one !== undefined && asksDuo(one);
  });
  if (!asking) return [];
  const settings = await sudoSettings(run);
  if (settings.ok) return sudoFindings(settings.value);
  return [
    note(
      "sudo",
      "sudo-unseen",
      `sudo's settings could not be read (${settings.error.code})`,
      "run this as root; sudo -V shows them",
    ),
  ];
}
