// What the running daemon says of itself on its control socket, in words. Pure. Called by doctor.

import type { Result } from "../../core/result.ts";
import { LOCAL_TROUBLE_REMEDY } from "../api/verdict.ts";
import { danger, type Finding, note, ok, warning } from "./finding.ts";

/** The part of the daemon's status that is judged here; read with care, because another version may answer. */
export interface DaemonAnswer {
  readonly version: string | undefined;
  readonly health: string | undefined;
  readonly outage: string | undefined;
}

const AREA = "daemon";

export function daemonFindings(
  answer: Result<DaemonAnswer, string>,
  version: string,
  isRoot: boolean,
): readonly Finding[] {
  if (!answer.ok) {
    if (!isRoot) return [note(AREA, "daemon-unseen", "only root may ask the daemon how it is", "run this as root")];
    return [
      danger(
        AREA,
        "daemon-silent",
        `the daemon does not answer: ${answer.error}`,
        "systemctl restart duogated, and look at journalctl -u duogated -n 50",
      ),
    ];
  }
  const { version: running, health, outage } = answer.value;
  const findings: Finding[] = [];
  if (running !== version) {
    const seen = `the daemon that runs is version ${running ?? "unknown"}, and what is installed is ${version}`;
    findings.push(warning(AREA, "daemon-version", seen, "systemctl restart duogated"));
  }
  if (health === "local-trouble") {
    findings.push(
      danger(
        AREA,
        "daemon-local-trouble",
        "the daemon cannot ask Duo, because this machine has no port, descriptor or memory for it, or lets nothing out: every login is denied, whatever failmode says",
        LOCAL_TROUBLE_REMEDY,
      ),
    );
  } else if (outage !== undefined) {
    findings.push(
      warning(
        AREA,
        "daemon-outage",
        `the daemon has been without Duo since ${outage}`,
        "see what is said about dns, proxy, tls and duo below",
      ),
    );
  } else if (health !== undefined && health !== "answers" && health !== "not asked yet") {
    findings.push(
      warning(AREA, "daemon-health", `the daemon's last word on Duo is "${health}"`, "journalctl -u duogated -n 50"),
    );
  }
  return findings.length > 0 ? findings : [ok(AREA, "daemon-answers", `version ${version} answers`)];
}

export function daemonAnswer(body: unknown): DaemonAnswer {
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const field = (value: unknown, name: string): unknown =>
    typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  // [duo]'s own comes first (docs/CONTROL.md).
  const duo = field(field(body, "connections"), "0");
  return {
    version: text(field(body, "version")),
    health: text(field(duo, "health")),
    outage: text(field(field(duo, "outage"), "since")),
  };
}
