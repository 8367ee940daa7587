// sshd's settings beside what duogate needs of them: is PAM's auth stack run for every way in, can it ask, has it the time;
// and for login_duogate, what is open before it runs. Pure. Called by doctor.

import { methodLists, type SshdSettings, sshdValue } from "../../host/sshd.ts";
import { danger, type Finding, note, ok, warning } from "./finding.ts";
import { forcedFindings, isForced } from "./sshd-forced.ts";
import { graceFindings, triesFindings } from "./sshd-limits.ts";

export interface SshdContext {
  /** The PAM service sshd asks Duo. */
  readonly asksDuo: boolean;
  /** The longest time a login may take, of the configuration and the module's lines, in milliseconds. */
  readonly loginMs: number;
  /** For whom these settings hold: empty for most, else such as `Match User root`. */
  readonly label: string;
}

const AREA = "sshd";

export function sshdFindings(settings: SshdSettings, context: SshdContext): readonly Finding[] {
  const found = [
    ...(context.asksDuo ? pamFindings(settings, context) : []),
    ...(isForced(settings) ? forcedFindings(AREA, settings) : []),
    ...(context.asksDuo || isForced(settings) ? graceFindings(settings, context) : []),
  ];
  if (found.length > 0) return found.map((finding) => labelled(finding, context.label));
  if (!context.asksDuo && !isForced(settings)) return [labelled(notAsked(), context.label)];
  return [labelled(ok(AREA, "sshd-ways", "every way in runs the PAM stack and can ask"), context.label)];
}

/** Whether a key is checked before PAM's stack, whoever logs in. sshd goes through a list in its order. */
export function keyFirst(settings: SshdSettings): boolean {
  return (
    methodLists(settings)?.every((list) => {
      const kinds = list.map((method) => method.split(":")[0] ?? "");
      const key = kinds.indexOf("publickey");
      return key >= 0 && !kinds.slice(0, key).some((kind) => kind === "keyboard-interactive" || kind === "password");
    }) ?? false
  );
}

/** A Match block is somebody's decision about some: closing it may be what breaks a machine's account. */
function labelled(finding: Finding, label: string): Finding {
  const { id, seen, remedy, subject } = finding;
  if (label === "") return { ...finding, subject: subject ?? "sshd" };
  const gentle = id === "sshd-bypass" && remedy !== undefined ? `${remedy}; ${MEANT}` : remedy;
  return {
    ...finding,
    seen: `${label}: ${seen}`,
    remedy: gentle,
    subject: subject === undefined ? label : `${label}: ${subject}`,
  };
}

const MEANT =
  "for a machine's account, which has no phone, leave it, limit it by from= or Match Address, and acknowledge it";

function notAsked(): Finding {
  return note(
    AREA,
    "sshd-not-asked",
    "sshd asks Duo neither through PAM nor by ForceCommand login_duogate",
    "if it should: duogate enable sshd",
  );
}

function pamFindings(settings: SshdSettings, context: SshdContext): readonly Finding[] {
  if (!yes(settings, "usepam")) {
    const seen = "UsePAM is no: sshd never runs the PAM stack, and Duo is never asked";
    return [danger(AREA, "sshd-no-pam", seen, "write in sshd_config: UsePAM yes")];
  }
  const lists = methodLists(settings);
  return [
    ...(lists === undefined ? anyMethodFindings(settings) : lists.flatMap((list) => listFindings(list, settings))),
    ...rootFindings(settings, lists),
    ...triesFindings(settings, context.label),
  ];
}

function kbdInteractive(settings: SshdSettings): boolean {
  return sshdValue(settings, "kbdinteractiveauthentication", "challengeresponseauthentication") === "yes";
}

function yes(settings: SshdSettings, name: string): boolean {
  return sshdValue(settings, name) === "yes";
}

const METHODS = "AuthenticationMethods keyboard-interactive, or publickey,keyboard-interactive for a key and Duo";

/** Methods that let in without PAM's auth stack, by the setting that opens them. */
const BESIDE_PAM = [
  ["pubkeyauthentication", "a key"],
  ["hostbasedauthentication", "a trusted host (HostbasedAuthentication)"],
  ["gssapiauthentication", "a Kerberos ticket (GSSAPIAuthentication)"],
] as const;

function anyMethodFindings(settings: SshdSettings): readonly Finding[] {
  const open = BESIDE_PAM.filter(([name]) => yes(settings, name)).map(([, what]) => what);
  const findings: Finding[] = [];
  if (open.length > 0) {
    const seen = `${open.join(", or ")} alone lets in: sshd does not run the PAM stack for that, and Duo is not asked`;
    const subject = open.join(" or ");
    findings.push({ ...danger(AREA, "sshd-bypass", seen, `write in sshd_config: ${METHODS}`), subject });
  }
  if (yes(settings, "kerberosauthentication")) {
    const seen = "KerberosAuthentication lets a password in without the PAM stack";
    findings.push(danger(AREA, "sshd-bypass", seen, "write in sshd_config: KerberosAuthentication no"));
  }
  if (!kbdInteractive(settings)) findings.push(cannotAsk(yes(settings, "passwordauthentication")));
  else if (yes(settings, "passwordauthentication")) findings.push(passwordMethod());
  return findings;
}

function cannotAsk(passwords: boolean): Finding {
  if (!passwords)
    return warning(
      AREA,
      "sshd-cannot-ask",
      "neither passwords nor keyboard-interactive are on: PAM is never asked",
      "write in sshd_config: KbdInteractiveAuthentication yes",
    );
  const seen = "KbdInteractiveAuthentication is no: Duo's menu cannot be shown, and only autopush works";
  return warning(AREA, "sshd-cannot-ask", seen, "write in sshd_config: KbdInteractiveAuthentication yes");
}

function passwordMethod(): Finding {
  const seen = "PasswordAuthentication is yes: a client that uses it sees no menu, and only autopush works there";
  return note(AREA, "sshd-password-method", seen, "write in sshd_config: PasswordAuthentication no");
}

/** Off, and still asked for: sshd looks into no Match block for that before somebody logs in. */
const SWITCHES: readonly (readonly [kind: string, keyword: string, isOn: (settings: SshdSettings) => boolean])[] = [
  ["keyboard-interactive", "KbdInteractiveAuthentication", kbdInteractive],
  ["publickey", "PubkeyAuthentication", (settings) => !no(settings, "pubkeyauthentication")],
  ["password", "PasswordAuthentication", (settings) => !no(settings, "passwordauthentication")],
  ["hostbased", "HostbasedAuthentication", (settings) => !no(settings, "hostbasedauthentication")],
  ["gssapi-with-mic", "GSSAPIAuthentication", (settings) => !no(settings, "gssapiauthentication")],
];

function no(settings: SshdSettings, name: string): boolean {
  return sshdValue(settings, name) === "no";
}

function listFindings(list: readonly string[], settings: SshdSettings): readonly Finding[] {
  const text = list.join(",");
  const kinds = list.map((method) => method.split(":")[0] ?? "");
  const rounds = kinds.filter((kind) => kind === "keyboard-interactive" || kind === "password").length;
  if (kinds.includes("none") || rounds === 0) {
    const seen = `AuthenticationMethods has ${text}, which lets in without the PAM stack: Duo is not asked`;
    return [{ ...danger(AREA, "sshd-bypass", seen, `write in sshd_config: ${METHODS}`), subject: text }];
  }
  const findings: Finding[] = [];
  for (const [kind, keyword, isOn] of SWITCHES) {
    if (!kinds.includes(kind) || isOn(settings)) continue;
    const seen = `AuthenticationMethods asks for ${text}, and ${keyword} is no: nobody gets in that way`;
    findings.push(danger(AREA, "sshd-locked-out", seen, `write in sshd_config: ${keyword} yes`));
  }
  const device = list.find((method) => /^keyboard-interactive:(?!pam$)/.test(method));
  if (device !== undefined) {
    const seen = `AuthenticationMethods asks for ${device}, which is not PAM: nobody gets in that way, and Duo is not asked`;
    findings.push(danger(AREA, "sshd-locked-out", seen, "write keyboard-interactive instead"));
  }
  if (!kinds.includes("keyboard-interactive")) {
    const seen = `AuthenticationMethods has ${text}: Duo's menu cannot be shown that way, and only autopush works`;
    findings.push(warning(AREA, "sshd-cannot-ask", seen, `write in sshd_config: ${METHODS}`));
  }
  if (rounds > 1) {
    const seen = `AuthenticationMethods has ${text}: the PAM stack runs ${rounds} times, and Duo is asked each time`;
    findings.push(warning(AREA, "sshd-asks-twice", seen, `write in sshd_config: ${METHODS}`));
  }
  return findings;
}

function rootFindings(settings: SshdSettings, lists: readonly (readonly string[])[] | undefined): readonly Finding[] {
  const root = sshdValue(settings, "permitrootlogin") ?? "";
  const keysOnly = root === "without-password" || root === "prohibit-password";
  const pubkeyOnly = lists?.some((list) => list.every((method) => method.startsWith("publickey"))) ?? true;
  if (!keysOnly || pubkeyOnly) return [];
  const seen =
    "PermitRootLogin is prohibit-password, which keeps root from keyboard-interactive: root cannot log in by ssh at all";
  return [
    note(
      AREA,
      "sshd-root",
      seen,
      "if root should: PermitRootLogin yes, with AuthenticationMethods publickey,keyboard-interactive",
    ),
  ];
}
