// An sshd that refuses its own configuration, in its own words, with the line that has to change. The sshd that runs goes on with
// what it read before; after the next restart nobody gets in. Pure.

import type { SshdFailure } from "../../host/sshd.ts";
import { firstStatement, type SshdStatement } from "../../host/sshd-config.ts";
import { at, danger, type Finding, note } from "./finding.ts";

const AREA = "sshd";

export interface SshdRefusal {
  readonly failure: SshdFailure;
  readonly isRoot: boolean;
  /** The lines of the configuration, for the place. */
  readonly statements: readonly SshdStatement[];
  /** How to ask this sshd: `sshd -t`, `sshd -t -f FILE`. */
  readonly command: string;
}

/** The keywords that turn a method on, with older names. */
const SWITCHES: ReadonlyMap<string, readonly string[]> = new Map([
  ["keyboard-interactive", ["kbdinteractiveauthentication", "challengeresponseauthentication", "skeyauthentication"]],
  ["publickey", ["pubkeyauthentication"]],
  ["password", ["passwordauthentication"]],
  ["hostbased", ["hostbasedauthentication"]],
  ["gssapi-with-mic", ["gssapiauthentication"]],
]);

export function refusedFinding(refusal: SshdRefusal): Finding {
  const { failure, isRoot, command } = refusal;
  if (failure.code === "absent") return note(AREA, "sshd-absent", "this machine has no sshd");
  const words = failure.code === "refused" ? ownWords(failure.detail) : failure.code;
  // Only root may read the host keys, so that sshd says less, and something else, to others.
  const certain = isRoot || /\bline \d+\b|AuthenticationMethods/.test(words);
  // Made by the unit that starts sshd: missing while none runs, as with socket activation.
  const noFolder = /privilege separation directory/i.test(words);
  if (failure.code !== "refused" || noFolder || !certain) {
    const remedy = isRoot
      ? `run while sshd runs; ${command} shows what it says`
      : `run this as root: sshd itself could not be asked; ${command} shows what it says`;
    return note(AREA, "sshd-unseen", `sshd's settings could not be read: ${words}`, remedy);
  }
  const { place, remedy } = remedyOf(words, refusal);
  const seen = `sshd refuses its own configuration, and would not start again: ${words}`;
  const finding = danger(
    AREA,
    "sshd-broken",
    seen,
    `${remedy}; ${command} shows what is left, and keep the session that you have`,
  );
  return place === undefined ? finding : at(place, finding);
}

function remedyOf(
  words: string,
  { statements }: SshdRefusal,
): { readonly place?: Pick<SshdStatement, "file" | "line">; readonly remedy: string } {
  const method = /Disabled method "([^"]+)"/.exec(words)?.[1];
  const keywords = SWITCHES.get(method?.split(":")[0] ?? "");
  const winner = keywords === undefined ? undefined : firstStatement(statements, keywords);
  if (winner !== undefined) {
    const later = statements.find((one) => one !== winner && !one.inMatch && keywords?.includes(one.keyword));
    const why =
      later === undefined ? "" : `, because the first value wins and ${later.file}:${later.line} comes too late`;
    return { place: winner, remedy: `write yes in this line, or take it out${why}` };
  }
  if (method !== undefined) return { remedy: `turn ${method} on, or take it out of AuthenticationMethods` };
  const [, file, line] = /(\/[^\s:]+)(?:: | )line (\d+)/.exec(words) ?? [];
  if (file !== undefined) return { place: { file, line: Number(line) }, remedy: "correct the line" };
  return { remedy: /hostkey|host key/i.test(words) ? "make the host keys: ssh-keygen -A" : "correct what it names" };
}

/** Without the box that ssh draws around a warning. */
function ownWords(detail: string): string {
  const lines = detail.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("@")).join("; ");
}
