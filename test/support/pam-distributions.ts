// The auth lines of the files that distributions include, as their tools make them, for proving recipes against. Several
// variants of one file stand for the choices of those tools. Facts; nothing here is used by the program.

/** File name in /etc/pam.d → its lines. */
export type PamFiles = Readonly<Record<string, readonly string[]>>;

const DENY = "auth requisite pam_deny.so";
const PERMIT = "auth required pam_permit.so";

const ARCH: PamFiles = {
  "system-remote-login": ["auth include system-login"],
  "system-login": ["auth required pam_shells.so", "auth requisite pam_nologin.so", "auth include system-auth"],
  "system-auth": [
    "auth required pam_faillock.so preauth",
    "-auth [success=2 default=ignore] pam_systemd_home.so",
    "auth [success=1 default=bad] pam_unix.so try_first_pass nullok",
    "auth [default=die] pam_faillock.so authfail",
    "auth optional pam_permit.so",
    "auth required pam_env.so",
    "auth required pam_faillock.so authsucc",
  ],
};

const AUTHSELECT_LOCAL = [
  "auth required pam_env.so",
  "auth required pam_faildelay.so delay=2000000",
  "auth sufficient pam_unix.so nullok",
  "auth required pam_deny.so",
];
/** Fedora's system-auth where users come from a directory. */
export const AUTHSELECT_SSSD = [
  "auth required pam_env.so",
  "auth required pam_faildelay.so delay=2000000",
  "auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular",
  "auth [default=1 ignore=ignore success=ok] pam_localuser.so",
  "auth sufficient pam_unix.so nullok",
  "auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular",
  "auth sufficient pam_sss.so forward_pass",
  "auth required pam_deny.so",
];
const POSTLOGIN = ["session optional pam_umask.so silent"];

export const DISTRIBUTIONS: Readonly<Record<string, readonly PamFiles[]>> = {
  Debian: [
    { "common-auth": ["auth [success=1 default=ignore] pam_unix.so nullok", DENY, PERMIT, "auth optional pam_cap.so"] },
    {
      "common-auth": [
        "auth [success=2 default=ignore] pam_unix.so nullok",
        "auth [success=1 default=ignore] pam_sss.so use_first_pass",
        DENY,
        PERMIT,
      ],
    },
  ],
  Fedora: [AUTHSELECT_LOCAL, AUTHSELECT_SSSD].map((lines) => ({
    "system-auth": lines,
    "password-auth": lines,
    postlogin: POSTLOGIN,
  })),
  SUSE: [
    { "common-auth": ["auth required pam_env.so", "auth required pam_unix.so try_first_pass"] },
    {
      "common-auth": [
        "auth required pam_env.so",
        "auth sufficient pam_unix.so try_first_pass",
        "auth required pam_sss.so use_first_pass",
      ],
    },
  ],
  Arch: [ARCH],
};
