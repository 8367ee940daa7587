// The rows of the option table about who the user is for Duo, and from where: subject, GECOS, the form of the name, the
// address. Part of the table in options.ts, which alone imports it.

import type { SubjectChoice } from "./config.ts";
import { option } from "./option.ts";
import { matching, obsolete, oneOf, onlyYes, punctuation, wholeNumber, yesNo } from "./value-types.ts";

const SUBJECTS: readonly SubjectChoice[] = ["default", "caller", "target"];

export const IDENTITY_OPTIONS = {
  subject: option<SubjectChoice>("duo", "subject", oneOf(SUBJECTS, `write one of ${SUBJECTS.join(", ")}`), "default", {
    doc: [
      "Whose second factor is asked for. target: the user who is logged in to, PAM's user name, which sudo sets to its",
      "caller. caller: the user who runs the program, by real uid. default: for su to root the caller, else the target.",
      "caller is for su and its like: sshd and login run as root, so they would ask for root's factor.",
    ],
  }),
  sendGecos: option<boolean>("duo", "send_gecos", yesNo, false, {
    doc: [
      "Ask Duo for the GECOS field of the user's passwd entry in place of the login name. A user who may change that",
      "field (chfn) then chooses whose second factor is asked for: allow it only where nobody can. When it is empty the",
      "login name is asked for. A name from GECOS goes to Duo as it is, and the log has both names.",
    ],
  }),
  gecosDelim: option<string>("duo", "gecos_delim", punctuation, ",", {
    doc: ["What parts the GECOS field into the pieces that gecos_username_pos counts."],
  }),
  gecosUsernamePos: option<number | undefined>("duo", "gecos_username_pos", wholeNumber(1, 99), undefined, {
    without: "GECOS is taken whole, and only with send_gecos",
    example: "5",
    doc: [
      "Ask Duo for this piece of the GECOS field, counted from 1, with or without send_gecos. Its warning holds here too.",
      "A user without that piece is asked for by login name.",
    ],
  }),
  usernameStripDomain: option<boolean>("duo", "username_strip_domain", yesNo, false, {
    doc: [
      "Take DOMAIN\\ from the front of a login name and @domain from its end before Duo is asked.",
      "Users of the same name in two domains then share one Duo user.",
    ],
  }),
  usernameLower: option<boolean>("duo", "username_lower", yesNo, false, {
    doc: ["Ask Duo for the login name in small letters."],
  }),
  usernameSuffix: option<string | undefined>(
    "duo",
    "username_suffix",
    matching(/^[\p{L}\p{N}@._+-]{1,128}$/u, "at most 128 letters, digits, @ . _ + and -"),
    undefined,
    {
      without: "nothing is added",
      example: "@example.org",
      doc: ["Add this to a login name that has no @ yet, after username_strip_domain and username_lower."],
    },
  ),
  fallbackLocalIp: option<boolean>("duo", "fallback_local_ip", yesNo, false, {
    doc: [
      "Tell Duo this machine's own address when the client's is not known as an IP address: a name, or a local login.",
      "Duo's rules about networks then see the server. Without it Duo gets no address for such a login.",
    ],
  }),
  verifiedPush: option<boolean>("duo", "verified_push", onlyYes, true, {
    doc: [
      "Verified Duo Push: the code to type into Duo Mobile is shown whenever Duo asks for it, with autopush too (the code",
      "first, then the push; where Duo makes the code only with the push, which api = unix permits, Enter first, then both).",
      "It cannot be switched off: Duo would let a client that does not know it use a plain push.",
    ],
  }),
  gecosParsed: option<boolean>("duo", "gecos_parsed", obsolete, false, {
    doc: ["Accepted with a warning and without effect, as in Duo Unix."],
  }),
  devFipsMode: option<boolean>("duo", "dev_fips_mode", obsolete, false, {
    doc: ["Accepted with a warning and without effect, as in Duo Unix: the system's OpenSSL decides."],
  }),
} as const;
