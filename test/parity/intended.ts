// Where duogate is meant to differ from Duo Unix 1.11.3: which scenarios, in which aspects, for which reason. The suite fails
// when another difference appears, and when one of these is gone. Long because it is one list.

import type { Aspect } from "../support/parity-outcome.ts";
import type { Reason } from "./reasons.ts";

export const INTENDED: readonly {
  readonly reason: Reason;
  readonly what: readonly Aspect[];
  readonly scenarios: readonly string[];
}[] = [
  {
    reason: "authOnce",
    what: ["asked"],
    scenarios: ["auth: reset, failmode = secure"],
  },
  {
    reason: "authOnce",
    what: ["asked", "rang"],
    scenarios: ["auth: reset after the push went out, failmode = safe"],
  },
  {
    reason: "autopushNoPhone",
    what: ["entry", "code", "shown", "asked"],
    scenarios: ["autopush without a phone"],
  },
  {
    reason: "autopushOnce",
    what: ["shown", "asked", "rang"],
    scenarios: ["autopush denied, then nobody answers", "autopush denied, then a passcode"],
  },
  {
    reason: "autopushWords",
    what: ["shown"],
    scenarios: ["autopush with a phone that can only ring"],
  },
  {
    reason: "badFactor",
    what: ["code", "shown"],
    scenarios: ["auth: HTTP 400, failmode = safe"],
  },
  {
    reason: "blanks",
    what: ["entry", "code", "shown", "asked"],
    scenarios: ["passcode with blanks in it"],
  },
  {
    reason: "blanks",
    what: ["entry", "code", "shown", "asked", "rang"],
    scenarios: ["a number with a blank before it"],
  },
  {
    reason: "brokenFile",
    what: ["entry", "code", "shown"],
    scenarios: [
      "no configuration file",
      "a file that others can read, failmode = secure in it",
      "no ikey, failmode = safe",
      "no skey, failmode = safe",
      "an unknown option before failmode = secure",
      "an unknown option, failmode = safe",
      "a line without =, before failmode = secure",
      "a section without its closing bracket",
      "failmode = Secure",
      "failmode = open",
      "a gecos_delim of two characters before failmode = secure",
      "a gecos_username_pos of 0 before failmode = secure",
    ],
  },
  {
    reason: "cancelled",
    what: ["code"],
    scenarios: ["the conversation fails after a denial"],
  },
  {
    reason: "controls",
    what: ["shown"],
    scenarios: ["control characters in Duo's texts"],
  },
  {
    reason: "enter",
    what: ["code", "shown"],
    scenarios: ["just Enter"],
  },
  {
    reason: "enter",
    what: ["shown", "asked"],
    scenarios: ["terminal: just Enter"],
  },
  {
    reason: "envWords",
    what: ["shown"],
    scenarios: ["terminal: DUO_PASSCODE with accept_env_factor"],
  },
  {
    reason: "fewPrompts",
    what: ["code"],
    scenarios: [
      "prompts = 0 means one",
      "a comment behind a value",
      "a push that nobody answers",
      "a phone that is switched off",
      "one prompt, a wrong passcode",
    ],
  },
  {
    reason: "groupGone",
    what: ["shown", "asked"],
    scenarios: ["groups = ROOT, other capitals"],
  },
  {
    reason: "headlessSaid",
    what: ["shown"],
    scenarios: ["no terminal: the default factor, denied", "no terminal: disabled"],
  },
  {
    reason: "keys",
    what: ["code", "shown"],
    scenarios: ["preauth: HTTP 403, failmode = safe"],
  },
  {
    reason: "keys",
    what: ["entry", "code", "shown"],
    scenarios: ["preauth: HTTP 401, keys, failmode = safe", "the integration is disabled, failmode = safe"],
  },
  {
    reason: "keys",
    what: ["shown"],
    scenarios: [
      "preauth: HTTP 401, keys, failmode = secure",
      "auth: HTTP 401, failmode = safe",
      "the integration is disabled, failmode = secure",
    ],
  },
  {
    reason: "literal",
    what: ["asked"],
    scenarios: ["an IPv6 address with a zone", "a host name"],
  },
  {
    reason: "lockedLine",
    what: ["shown"],
    scenarios: ["locked out by this login"],
  },
  {
    reason: "mapped",
    what: ["asked"],
    scenarios: ["an IPv4 address mapped into IPv6"],
  },
  {
    reason: "namedPhone",
    what: ["asked"],
    scenarios: ["push by word", "phone call by word", "v2: push by word"],
  },
  {
    reason: "noDaemon",
    what: ["code", "shown"],
    scenarios: [
      "no host, failmode = secure",
      "an unknown option after failmode = secure",
      "a cafile that is not there, failmode = safe",
      "an http_proxy of another scheme, failmode = safe",
    ],
  },
  {
    reason: "noRepeatSilent",
    what: ["asked"],
    scenarios: ["preauth: no answer, failmode = safe", "preauth: no answer, failmode = secure"],
  },
  {
    reason: "nonsenseTyped",
    what: ["shown", "asked"],
    scenarios: [
      "prompts = 0 means one",
      "prompts = 9 means three",
      "a comment behind a value",
      "a number that the menu does not have",
      "a word that no factor has",
      "300 digits",
    ],
  },
  {
    reason: "nonsense",
    what: ["code", "shown"],
    scenarios: [
      "preauth: no JSON and no BSON, failmode = secure",
      "preauth: a result that nobody knows, failmode = secure",
      "auth: nonsense, failmode = safe",
      "auth_status: nonsense, failmode = safe",
      "auth_status: a result that nobody knows, failmode = safe",
    ],
  },
  {
    reason: "nonsense",
    what: ["entry", "code", "shown"],
    scenarios: [
      "preauth: no JSON and no BSON, failmode = safe",
      "preauth: an empty body, failmode = safe",
      "preauth: a result that nobody knows, failmode = safe",
    ],
  },
  {
    reason: "outageSaid",
    what: ["code", "shown"],
    scenarios: [
      "preauth: HTTP 500, failmode = secure",
      "preauth: HTTP 503 of a proxy, as HTML, failmode = secure",
      "auth: HTTP 500, failmode = safe",
      "auth_status: HTTP 500, failmode = safe",
      "connection refused, failmode = secure",
      "connection reset, failmode = secure",
      "TLS closed, failmode = secure",
      "a certificate that nobody trusts, failmode = secure",
      "preauth: reset, failmode = secure",
      "preauth: no answer, failmode = secure",
      "preauth: half an answer, failmode = secure",
      "auth: reset after the push went out, failmode = safe",
      "auth: reset, failmode = secure",
    ],
  },
  {
    reason: "outageSaid",
    what: ["shown"],
    scenarios: ["no terminal: outage, failmode = secure"],
  },
  {
    reason: "ownMenu",
    what: ["shown"],
    scenarios: [
      "v2: push by number",
      "v2: push to the second phone by number",
      "v2: push by word",
      "v2: phone call by number",
      "v2: passcode wrong, then right",
      "v2: three wrong passcodes",
    ],
  },
  {
    reason: "rateLimit",
    what: ["code", "shown"],
    scenarios: ["preauth: HTTP 429, come back in an hour, failmode = secure"],
  },
  {
    reason: "rateLimit",
    what: ["entry", "code"],
    scenarios: ["preauth: HTTP 429, come back in an hour, failmode = safe"],
  },
  {
    reason: "refusalCode",
    what: ["code"],
    scenarios: [
      "disabled",
      "locked out",
      "not enrolled",
      "not enrolled, new users are denied",
      "locked out by this login",
      "sshd: disabled",
      "v2: disabled",
    ],
  },
  {
    reason: "refusedSaid",
    what: ["code", "shown"],
    scenarios: [
      "preauth: HTTP 404, failmode = safe",
      "preauth: HTTP 400, failmode = safe",
      "preauth: HTTP 400, failmode = secure",
    ],
  },
  {
    reason: "retry",
    what: ["asked"],
    scenarios: [
      "preauth: HTTP 500, failmode = safe",
      "preauth: HTTP 500, failmode = secure",
      "preauth: HTTP 503 of a proxy, as HTML, failmode = safe",
      "preauth: HTTP 503 of a proxy, as HTML, failmode = secure",
    ],
  },
  {
    reason: "sshConnection",
    what: ["asked"],
    scenarios: ["terminal: an address in SSH_CONNECTION"],
  },
  {
    reason: "suTarget",
    what: ["entry", "code", "shown", "asked"],
    scenarios: ["su to another user asks for that user"],
  },
  {
    reason: "tooMany",
    what: ["shown"],
    scenarios: [
      "a push that nobody answers",
      "a phone that is switched off",
      "three denied pushes",
      "three wrong passcodes",
      "one prompt, a wrong passcode",
      "terminal: three wrong passcodes",
    ],
  },
  {
    reason: "unknownAccount",
    what: ["code", "shown", "asked"],
    scenarios: ["no such account on this machine"],
  },
  {
    reason: "yes",
    what: ["shown"],
    scenarios: ["autopush = YES"],
  },
];
