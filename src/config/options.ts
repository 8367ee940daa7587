// The option table: every key that duogate.conf can have, in the order in which people should meet it. The parser, the
// sample file and docs/CONFIG.md are made from it, so that none of them can say something that the others do not.
// identity-options.ts has the rows about names and addresses, gateway-options.ts those of [gateway].

import { Secret } from "../core/secret.ts";
import type { DuoApiDialect, FailMode } from "./config.ts";
import { groupList, type HostAndPort, hostAndPort, integrationKey, secretKey } from "./duo-values.ts";
import { GATEWAY_OPTIONS } from "./gateway-options.ts";
import { IDENTITY_OPTIONS } from "./identity-options.ts";
import { type Option, option, type SectionName } from "./option.ts";
import { type HttpProxy, httpProxy } from "./proxy-value.ts";
import { caSource, duration, oneOf, wholeNumber, yesNo } from "./value-types.ts";

export const SECTIONS: Readonly<Record<SectionName, string>> = {
  duo: "Who we are for Duo, and who has to pass.",
  gateway: "The daemon: limits, times and its log.",
};

export const FAILMODE_REMEDY =
  "write failmode = secure (nobody gets in while Duo cannot be reached) or failmode = safe (the password alone is " +
  "enough while Duo cannot be reached)";

const FAILMODES: readonly FailMode[] = ["safe", "secure"];
const DIALECTS: readonly DuoApiDialect[] = ["v2", "v1", "unix"];

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export const OPTIONS = {
  ikey: option<string>("duo", "ikey", integrationKey, "", {
    required: true,
    example: "DIXXXXXXXXXXXXXXXXXX",
    doc: [
      "The integration key of the application in the Duo Admin Panel: an Auth API application, or a UNIX",
      "Application for api = unix.",
    ],
  }),
  skey: option<Secret>("duo", "skey", secretKey, new Secret(""), {
    required: true,
    example: "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    doc: [
      "The secret key. Whoever can read it can act as this machine towards Duo: keep this file to root.",
      "systemd can hand it over in the place of this line, encrypted at rest if you like: see duogated.service.",
    ],
  }),
  host: option<HostAndPort>(
    "duo",
    "host",
    hostAndPort,
    { host: "", port: 443 },
    {
      required: true,
      example: "api-XXXXXXXX.duosecurity.com",
      doc: ["The API hostname. No https:// before it and no path after it."],
    },
  ),
  failmode: option<FailMode>("duo", "failmode", oneOf(FAILMODES, FAILMODE_REMEDY), "secure", {
    required: true,
    example: "secure",
    doc: [
      "What happens while Duo cannot be reached. There is no default: the choice has to be written down.",
      "secure: nobody who has to pass gets in, root included. Keep another way in.",
      "safe: the first factor alone is enough, so whoever can cut this machine off from Duo needs only a password.",
      "Wrong keys, a wrong clock or a broken configuration always refuse: they are not an outage.",
      "Nor is an answer that is no HTTP, or this machine's own want of a port, a descriptor or memory.",
    ],
  }),
  groups: option<readonly string[]>("duo", "groups", groupList, Object.freeze([]), {
    aliases: ["group"],
    without: "everyone has to pass",
    example: "users,!wheel",
    doc: [
      "Only users in these Unix groups have to pass; everyone else is let through.",
      "A pattern list has patterns with commas between them: * and ? are wildcards, ! excludes its group's members.",
      "A user has to pass when any one list matches. A list of ! patterns alone matches nobody.",
      "A ! inside a pattern, as in *.!root, and a character that no group's name has are mistakes, and refused.",
      "Nobody is let through while their groups are not known for sure: a group named here without * or ? has to exist",
      "on this machine, or else everyone has to pass. One that only other machines have can be written with a ?.",
    ],
  }),
  autopush: option<boolean>("duo", "autopush", yesNo, false, {
    doc: ["Send a push at once and do not ask which factor to use."],
  }),
  prompts: option<number>("duo", "prompts", wholeNumber(1, 3), 3, {
    doc: ["How many attempts one login has."],
  }),
  pushinfo: option<boolean>("duo", "pushinfo", yesNo, false, {
    doc: [
      "Show the command of sudo in the push. It comes from the caller's environment: a hint, not a proof.",
      "Commands can hold secrets, and this sends them to Duo. The server's address, the service, the terminal and the",
      "number of the request, which the log has too, are in every push.",
    ],
  }),
  acceptEnvFactor: option<boolean>("duo", "accept_env_factor", yesNo, false, {
    doc: [
      "Take login_duogate's first answer from DUO_PASSCODE in its environment: a passcode, or a factor such as push.",
      "A variable is easily kept where others can read it. The PAM module never looks at it.",
    ],
  }),
  ...IDENTITY_OPTIONS,
  cafile: option<string | undefined>("duo", "cafile", caSource(4096), undefined, {
    without: "the authorities that Duo uses, which come with duogate (duo-roots.pem)",
    example: "/etc/duogate/ca.pem",
    doc: [
      "Trust the certificates in this PEM file, and no others, when connecting to Duo; system: this machine's own store.",
      "The file must belong to root and be writable by nobody else. Verification cannot be switched off.",
      "duogate check and the log warn 90 days before a certificate that is in use expires.",
    ],
  }),
  httpProxy: option<HttpProxy | undefined>("duo", "http_proxy", httpProxy, undefined, {
    without: "Duo is reached directly, whatever http_proxy is in the environment",
    example: "http://proxy.example.org:3128",
    doc: [
      "Reach Duo through this HTTP proxy, with CONNECT: TLS and its checks still go all the way to Duo.",
      "Credentials go before the host, http://user:password@proxy:3128, percent-encoded: %40 for @, %25 for %.",
      "The proxy sees them unencrypted. Without a port it is 80, as in Duo Unix.",
    ],
  }),
  api: option<DuoApiDialect>("duo", "api", oneOf(DIALECTS, "write v2, or remove the line"), "v2", {
    doc: [
      "Which of Duo's authentication interfaces to speak. Logins are the same in each, but for the menu.",
      "v2: Auth API v2 as documented. The menu is made here.",
      "v1: the legacy API. The menu is Duo's. It has no verified push and no words for fraud and lock-out.",
      "unix: v2 with Duo's own menu, as Duo Unix 2.2 asks for it. Duo does not document this and may change it.",
    ],
  }),
  connectTimeout: option<number>("duo", "connect_timeout", duration(500, MINUTE), 5 * SECOND, {
    doc: [
      "Limit for a new connection to Duo, TLS included. When it runs out, Duo cannot be reached: failmode decides.",
    ],
  }),
  requestTimeout: option<number>("duo", "request_timeout", duration(SECOND, MINUTE), 10 * SECOND, {
    aliases: ["https_timeout"],
    doc: ["Limit from a request to the beginning of Duo's answer, for the calls that do not wait for the user."],
  }),
  bodyTimeout: option<number>("duo", "body_timeout", duration(SECOND, MINUTE), 5 * SECOND, {
    doc: ["Limit from the beginning of Duo's answer to its end."],
  }),
  pollTimeout: option<number>("duo", "poll_timeout", duration(5 * SECOND, 5 * MINUTE), 75 * SECOND, {
    doc: ["Limit for the calls that wait for the user. Duo itself gives a push 60 seconds."],
  }),
  ...GATEWAY_OPTIONS,
} as const;

export const ALL_OPTIONS: readonly Option<unknown>[] = Object.values(OPTIONS);

/** The option that `key` names in `section`, under its name or an alias. */
export function findOption(section: SectionName, key: string): Option<unknown> | undefined {
  return ALL_OPTIONS.find((one) => one.section === section && (one.key === key || one.aliases.includes(key)));
}
