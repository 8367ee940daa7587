// Who comes to a PAM stack without the key that it was written for: AuthenticationMethods asks most for a key first, so that Duo may
// stand alone in the stack, and a Match block or another sshd does not. Pure.

import { methodLists, type SshdSettings, sshdValue } from "../../host/sshd.ts";
import { danger, type Finding } from "./finding.ts";
import type { ServiceFacts } from "./pam-findings.ts";
import { keyFirst } from "./sshd-findings.ts";

/** `settings`: of some, where for most a key is checked first. */
export function keyFindings(
  settings: SshdSettings,
  service: ServiceFacts | undefined,
  label: string,
): readonly Finding[] {
  if (keyFirst(settings) || !runsPam(settings) || service?.judged.kind !== "judged") return [];
  const { alone, afterFailure, beforeFactor } = service.judged;
  const [id, what] =
    alone !== undefined
      ? ["sshd-key-not-first", "Duo alone lets in"]
      : ["sshd-rings-first", "the phone rings for strangers"];
  if (alone === undefined && afterFailure === undefined && beforeFactor === undefined) return [];
  const seen = `no key is asked for first, as it is elsewhere, and ${what}`;
  const remedy = "write there: AuthenticationMethods publickey,keyboard-interactive";
  const finding = danger("sshd", id, label === "" ? seen : `${label}: ${seen}`, remedy);
  return [{ ...finding, subject: label === "" ? "sshd" : label }];
}

function runsPam(settings: SshdSettings): boolean {
  if (sshdValue(settings, "usepam") !== "yes") return false;
  const lists = methodLists(settings);
  if (lists !== undefined) return lists.flat().some((method) => /^(?:keyboard-interactive|password)\b/.test(method));
  const on = ["kbdinteractiveauthentication", "challengeresponseauthentication", "passwordauthentication"];
  return on.some((name) => sshdValue(settings, name) === "yes");
}
