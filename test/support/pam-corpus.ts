// PAM stacks as distributions, hardening guides and people write them, with Duo's line where people put it: what doctor's remedies
// are tried on. Facts, a table; hence longer than other files. Nothing here is used by the program.

import { AUTHSELECT_SSSD } from "./pam-distributions.ts";

export interface CorpusStack {
  readonly name: string;
  /** File name in /etc/pam.d → its auth lines. Files that begin with `_` are only included. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** What doctor proposes: nothing (ok), one changed line, the file written anew, or that there is no safe change. */
  readonly remedy: "ok" | "edit" | "rewrite" | "none";
}

const DUO = "auth required pam_duogate.so";
const DENY = "auth requisite pam_deny.so";
const PERMIT = "auth required pam_permit.so";
const UNIX = "auth [success=1 default=ignore] pam_unix.so nullok";
const ENV = "auth required pam_env.so";
const DELAY = "auth required pam_faildelay.so delay=2000000";
const TWO = (second: string) => ["auth [success=2 default=ignore] pam_unix.so nullok", second, DENY, PERMIT];

const PLAIN = [UNIX, DENY, PERMIT, "auth optional pam_cap.so"];
const DEBIAN_SSS = TWO("auth [success=1 default=ignore] pam_sss.so use_first_pass");
const DEBIAN_LDAP = TWO("auth [success=1 default=ignore] pam_ldap.so minimum_uid=1000 use_first_pass");
const DEBIAN_WINBIND = TWO(
  "auth [success=1 default=ignore] pam_winbind.so krb5_auth krb5_ccache_type=FILE cached_login try_first_pass",
);
const DEBIAN_KRB5 = [
  "auth [success=2 default=ignore] pam_krb5.so minimum_uid=1000",
  "auth [success=1 default=ignore] pam_unix.so nullok try_first_pass",
  DENY,
  PERMIT,
];
const DEBIAN_AUTHD = [
  "auth [success=3 default=die authinfo_unavail=ignore ignore=ignore] pam_authd_exec.so /usr/libexec/authd-pam",
  ...TWO("auth [success=1 default=ignore] pam_sss.so use_first_pass"),
];
const DEBIAN_FPRINT = [
  "auth [success=2 default=ignore] pam_fprintd.so max_tries=1 timeout=10",
  "auth [success=1 default=ignore] pam_unix.so nullok try_first_pass",
  DENY,
  PERMIT,
];
const HOMED = [
  "auth [success=2 default=ignore] pam_systemd_home.so",
  "auth [success=1 default=ignore] pam_unix.so nullok",
  DENY,
  PERMIT,
];
const STIG = [
  "auth required pam_faillock.so preauth",
  "auth [success=2 default=ignore] pam_unix.so nullok",
  "auth [success=1 default=ignore] pam_sss.so use_first_pass",
  "auth [default=die] pam_faillock.so authfail",
  "auth sufficient pam_faillock.so authsucc",
  DENY,
  PERMIT,
];
const CIS_UBUNTU = [
  "auth requisite pam_faillock.so preauth silent audit deny=4",
  "auth [success=1 default=ignore] pam_unix.so nullok",
  "auth [default=die] pam_faillock.so authfail audit deny=4",
  "auth sufficient pam_faillock.so authsucc audit deny=4",
  DENY,
  PERMIT,
];
const CIS_PROFILE = [
  "auth requisite pam_faillock.so preauth",
  "auth [success=2 default=ignore] pam_unix.so nullok",
  "auth [default=die] pam_faillock.so authfail",
  DENY,
  PERMIT,
  "auth required pam_faillock.so authsucc",
];
const TALLY = ["auth required pam_tally2.so onerr=fail deny=5", ...PLAIN];

const RHEL_LOCAL = [ENV, DELAY, "auth sufficient pam_unix.so nullok", "auth required pam_deny.so"];
const RHEL7 = [
  ENV,
  DELAY,
  "auth sufficient pam_unix.so nullok try_first_pass",
  "auth requisite pam_succeed_if.so uid >= 1000 quiet_success",
  "auth required pam_deny.so",
];
const RHEL7_SSS = [
  ENV,
  DELAY,
  "auth [default=1 ignore=ignore success=ok] pam_succeed_if.so uid >= 1000 quiet",
  "auth [default=1 ignore=ignore success=ok] pam_localuser.so",
  "auth sufficient pam_unix.so nullok try_first_pass",
  "auth requisite pam_succeed_if.so uid >= 1000 quiet_success",
  "auth sufficient pam_sss.so forward_pass",
  "auth required pam_deny.so",
];
const RHEL7_FAILLOCK = [
  ENV,
  "auth required pam_faillock.so preauth silent audit deny=3 unlock_time=900",
  "auth sufficient pam_unix.so try_first_pass",
  "auth [default=die] pam_faillock.so authfail audit deny=3 unlock_time=900",
  "auth required pam_deny.so",
];
const RHEL_FAILLOCK = [
  ENV,
  DELAY,
  "auth required pam_faillock.so preauth silent",
  ...AUTHSELECT_SSSD.slice(2, -1),
  "auth required pam_faillock.so authfail",
  "auth required pam_deny.so",
];
const RHEL_WINBIND = [
  ENV,
  DELAY,
  "auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular",
  "auth [default=1 ignore=ignore success=ok] pam_localuser.so",
  "auth sufficient pam_unix.so nullok",
  "auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular",
  "auth sufficient pam_winbind.so use_first_pass",
  "auth required pam_deny.so",
];
const RHEL_FPRINT = [ENV, DELAY, "auth sufficient pam_fprintd.so", ...RHEL_LOCAL.slice(2)];
const RHEL_U2F = [ENV, DELAY, "auth sufficient pam_u2f.so cue", ...RHEL_LOCAL.slice(2)];
const AMAZON = [
  ENV,
  "auth sufficient pam_unix.so try_first_pass nullok",
  "auth requisite pam_succeed_if.so uid >= 500 quiet_success",
  "auth required pam_deny.so",
];
const SUSE_PLAIN = [ENV, "auth required pam_unix.so try_first_pass"];
const SUSE_SSS = [ENV, "auth sufficient pam_unix.so try_first_pass", "auth required pam_sss.so use_first_pass"];
const SUSE_KRB5 = [ENV, "auth sufficient pam_unix.so try_first_pass", "auth required pam_krb5.so use_first_pass"];
const ALPINE = [ENV, "auth required pam_unix.so nullok_secure"];
const ARCH = [
  "auth required pam_faillock.so preauth",
  "-auth [success=2 default=ignore] pam_systemd_home.so",
  "auth [success=1 default=bad] pam_unix.so try_first_pass nullok",
  "auth [default=die] pam_faillock.so authfail",
  "auth optional pam_permit.so",
  ENV,
  "auth required pam_faillock.so authsucc",
];
const GENTOO = [
  ENV,
  "auth requisite pam_faillock.so preauth",
  "auth [success=1 default=ignore] pam_unix.so nullok try_first_pass",
  "auth [default=die] pam_faillock.so authfail",
];

/** Debian's way: `@include` of common-auth in sshd and in login, which never asks Duo. */
function debian(name: string, common: readonly string[], remedy: CorpusStack["remedy"], line = DUO): CorpusStack {
  const include = "@include _common-auth";
  return { name, remedy, files: { "_common-auth": common, sshd: [include, line], login: [include] } };
}

/** RHEL's way: by substack in sshd, by include in sudo, and vlock without Duo. */
function redHat(
  name: string,
  auth: readonly string[],
  remedy: CorpusStack["remedy"],
  how: "include" | "substack" = "substack",
): CorpusStack {
  const files = {
    "_password-auth": auth,
    _postlogin: [],
    sshd: [`auth ${how} _password-auth`, DUO, "auth include _postlogin"],
    vlock: ["auth include _password-auth"],
  };
  return { name, remedy, files };
}

function alone(name: string, lines: readonly string[], remedy: CorpusStack["remedy"]): CorpusStack {
  return { name, remedy, files: { sudo: lines } };
}

const SUDO_COMMON = "@include _common-auth";

export const CORPUS: readonly CorpusStack[] = [
  debian("Debian", PLAIN, "ok"),
  debian("Debian, SSSD", DEBIAN_SSS, "ok"),
  debian("Debian, LDAP", DEBIAN_LDAP, "ok"),
  debian("Debian, winbind", DEBIAN_WINBIND, "ok"),
  debian("Debian, Kerberos", DEBIAN_KRB5, "ok"),
  debian("Ubuntu, authd", DEBIAN_AUTHD, "ok"),
  debian("Debian, fingerprint", DEBIAN_FPRINT, "ok"),
  debian("Debian, systemd-homed", HOMED, "ok"),
  debian("Ubuntu STIG", STIG, "edit"),
  debian("CIS Ubuntu 20.04", CIS_UBUNTU, "edit"),
  debian("CIS by pam-auth-update's profile", CIS_PROFILE, "ok"),
  debian("Debian, tally2", TALLY, "ok"),
  debian("Debian, sufficient Duo", PLAIN, "edit", "auth sufficient pam_duogate.so"),
  debian("Debian, optional Duo", PLAIN, "edit", "auth optional pam_duogate.so timeout=120"),
  debian("Debian, default=ignore", PLAIN, "edit", "auth [success=ok default=ignore] pam_duogate.so"),
  debian("Ubuntu STIG, sufficient Duo", STIG, "rewrite", "auth sufficient pam_duogate.so"),
  redHat("RHEL 9 local, substack", RHEL_LOCAL, "rewrite"),
  redHat("RHEL 9 local, include", RHEL_LOCAL, "rewrite", "include"),
  redHat("RHEL 9 sssd, substack", AUTHSELECT_SSSD, "rewrite"),
  redHat("RHEL 9 sssd, include", AUTHSELECT_SSSD, "rewrite", "include"),
  redHat("RHEL 9 sssd with-faillock", RHEL_FAILLOCK, "rewrite"),
  redHat("RHEL 9 sssd with-faillock, include", RHEL_FAILLOCK, "rewrite", "include"),
  redHat("RHEL 8 winbind", RHEL_WINBIND, "rewrite"),
  redHat("RHEL 8 with-fingerprint", RHEL_FPRINT, "rewrite"),
  redHat("RHEL 8 with-pam-u2f", RHEL_U2F, "rewrite"),
  redHat("RHEL 7", RHEL7, "rewrite"),
  redHat("RHEL 7, include", RHEL7, "rewrite", "include"),
  redHat("RHEL 7, SSSD", RHEL7_SSS, "rewrite"),
  redHat("RHEL 7 STIG, faillock", RHEL7_FAILLOCK, "rewrite"),
  redHat("Amazon Linux", AMAZON, "rewrite", "include"),
  redHat("SUSE", SUSE_PLAIN, "edit", "include"),
  redHat("SUSE, SSSD", SUSE_SSS, "rewrite", "include"),
  redHat("SUSE, Kerberos", SUSE_KRB5, "rewrite", "include"),
  redHat("Alpine", ALPINE, "edit", "include"),
  redHat("Arch", ARCH, "ok", "include"),
  redHat("Gentoo", GENTOO, "ok", "include"),
  {
    name: "STIG, Duo in a file of its own",
    remedy: "ok",
    files: {
      sshd: [
        "auth required pam_faillock.so preauth",
        "auth [success=2 default=ignore] pam_unix.so",
        "auth [default=die] pam_faillock.so authfail",
        DENY,
        DUO,
        "auth required pam_faillock.so authsucc",
      ],
    },
  },
  {
    name: "SSSD, local and directory users, Duo within",
    remedy: "edit",
    files: {
      sshd: [
        "auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular",
        "auth [default=1 ignore=ignore success=ok] pam_localuser.so",
        "auth sufficient pam_unix.so nullok",
        "auth [default=2 ignore=ignore success=ok] pam_usertype.so isregular",
        "auth requisite pam_sss.so forward_pass",
        "auth sufficient pam_duogate.so",
        "auth required pam_deny.so",
      ],
    },
  },
  alone("RHEL, a key alone", ["auth requisite pam_sepermit.so", ENV, DUO], "none"),
  alone("sufficient password", ["auth sufficient pam_unix.so", DUO], "edit"),
  alone("required password", ["auth required pam_unix.so", DUO], "edit"),
  alone("Duo before the password", [DUO, UNIX, DENY, PERMIT], "edit"),
  alone(
    "password, token, Duo",
    ["auth required pam_unix.so", "auth required pam_google_authenticator.so", DUO],
    "edit",
  ),
  alone("password or token", ["auth sufficient pam_u2f.so cue", "auth sufficient pam_unix.so", DENY, DUO], "rewrite"),
  alone("a jump too far", ["auth [success=2 default=ignore] pam_unix.so", DENY, DUO, PERMIT], "edit"),
  alone("below pam_deny", ["auth sufficient pam_unix.so", "auth required pam_deny.so", DUO], "rewrite"),
  alone("Duo twice", [UNIX, DENY, PERMIT, DUO, DUO], "edit"),
  alone(
    "a rule lets robots past",
    [UNIX, DENY, PERMIT, "auth sufficient pam_succeed_if.so user ingroup robots", DUO],
    "edit",
  ),
  {
    name: "su with pam_rootok, sufficient password",
    remedy: "edit",
    files: { su: ["auth sufficient pam_rootok.so", "auth sufficient pam_unix.so", DUO] },
  },
  {
    name: "sufficient in a part that login ends with",
    remedy: "rewrite",
    files: {
      "_common-auth": ["auth sufficient pam_unix.so", DENY],
      sudo: [SUDO_COMMON, DUO],
      login: [SUDO_COMMON],
    },
  },
  {
    name: "in common-auth and in sudo",
    remedy: "edit",
    files: { "_common-auth": [...PLAIN.slice(0, 3), "auth requisite pam_duogate.so"], sudo: [SUDO_COMMON, DUO] },
  },
];
