// The rows of the option table about the daemon: its sockets, limits, times and log. Part of the table in options.ts, which
// alone imports it.

import type { LogFormat, LoginUser, LogLevel, LoopbackPlace } from "./config.ts";
import { loginUserList } from "./login-users.ts";
import { loopbackPlace } from "./loopback-value.ts";
import { option } from "./option.ts";
import { absolutePath, duration, matching, oneOf, wholeNumber, yesNo } from "./value-types.ts";

const LOG_LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];
const LOG_FORMATS: readonly LogFormat[] = ["json", "duo_unix"];

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export const GATEWAY_OPTIONS = {
  runtimeDir: option<string>("gateway", "runtime_dir", absolutePath(90), "/run/duogate", {
    doc: [
      "The folder of the sockets. It must belong to root and be writable by nobody else.",
      "Under systemd the socket units make the sockets; this must name the same folder.",
    ],
  }),
  maxLogins: option<number>("gateway", "max_logins", wholeNumber(1, 65_535), 1024, {
    doc: [
      "How many logins can be under way at once on each of the two sockets; one more is refused. Of those of the PAM module",
      "one user can have a quarter, and 32 in any case.",
      "The daemon does not start with more than LimitNOFILE= and MemoryMax= of duogated.service hold, 1840 as the unit is",
      "shipped; duogate check has the numbers.",
    ],
  }),
  maxLoginsPerUid: option<number>("gateway", "max_logins_per_uid", wholeNumber(1, 1024), 4, {
    doc: [
      "The same for one user on login.sock, which everyone can reach. A uid in a range of /etc/subuid counts for the owner",
      "of the range.",
    ],
  }),
  loginUsers: option<readonly LoginUser[]>("gateway", "login_users", loginUserList, Object.freeze([]), {
    without: "every account has only its own name",
    example: "ops:alice ops:bob",
    doc: [
      "Which Duo user names login_duogate -f may give for which account: pairs local:duo with spaces between them.",
      "Whoever is logged in as the local account can ask for any of its names: list only people who share it.",
    ],
  }),
  trustLoginAddress: option<boolean>("gateway", "trust_login_address", yesNo, false, {
    doc: [
      "Tell Duo the client address that login_duogate reports from SSH_CONNECTION. The user's own process reports it:",
      "policies of Duo and remembered devices that waive the factor for an address can then be met by a lie.",
      "Without it Duo sees no address, and no device is remembered for such a login.",
      "The log marks such an address (rhost_trusted false) whatever stands here, and lines in Duo Unix's form leave it",
      "out: any local user could have others banned with it. The PAM module's address comes from sshd and is always told.",
    ],
  }),
  answerTimeout: option<number>("gateway", "answer_timeout", duration(5 * SECOND, 10 * MINUTE), 90 * SECOND, {
    doc: ["How long a user may take to answer a prompt."],
  }),
  loginTimeout: option<number>("gateway", "login_timeout", duration(10 * SECOND, 10 * MINUTE), 110 * SECOND, {
    doc: [
      "Limit for one login in all. The PAM module waits 115 seconds (its timeout=), sshd 120 (LoginGraceTime):",
      "raise those first, or the login is cut off before its answer.",
    ],
  }),
  shutdownTimeout: option<number>("gateway", "shutdown_timeout", duration(SECOND, 10 * MINUTE), 30 * SECOND, {
    doc: [
      "How long logins under way may go on when the daemon is told to stop; then they are refused.",
      "On systemd's sockets new ones are still served, until nobody is under way or two thirds of it are over; from then on",
      "they wait for the next daemon. Keep TimeoutStopSec= of duogated.service above it.",
    ],
  }),
  lookupTimeout: option<number>("gateway", "lookup_timeout", duration(500, MINUTE), 5 * SECOND, {
    doc: ["Limit for looking up a user and the groups, which may ask a directory server."],
  }),
  keepWarm: option<number>("gateway", "keep_warm", duration(0, 60 * MINUTE), 5 * MINUTE, {
    doc: ["How long an idle connection to Duo is kept for the next login. 0 keeps none."],
  }),
  logLevel: option<LogLevel>(
    "gateway",
    "log_level",
    oneOf(LOG_LEVELS, `write one of ${LOG_LEVELS.join(", ")}`),
    "info",
    {
      doc: ["The least serious lines to log. Decisions about logins are always logged."],
    },
  ),
  logFormat: option<LogFormat>(
    "gateway",
    "log_format",
    oneOf(LOG_FORMATS, `write one of ${LOG_FORMATS.join(", ")}`),
    "json",
    {
      doc: [
        "json: one line of JSON for each event, on standard output, which systemd gives to the journal.",
        "duo_unix: besides that, the decisions as the lines that Duo Unix writes, under the service's name, to syslog",
        "(/dev/log, facility authpriv), for rules that were made for those.",
      ],
    },
  ),
  metricsListen: option<LoopbackPlace | undefined>("gateway", "metrics_listen", loopbackPlace, undefined, {
    without: "the metrics are on control.sock alone, for root",
    example: "127.0.0.1:9640",
    doc: [
      "Serve the metrics for Prometheus here too, as GET /metrics, to everybody on this machine: 127.0.0.1:PORT or",
      "[::1]:PORT. They hold counts and times, no names of users. A reload opens, moves or closes it.",
    ],
  }),
  hostname: option<string | undefined>(
    "gateway",
    "hostname",
    matching(/^[A-Za-z0-9._-]{1,253}$/, "a name of letters, digits, . - and _"),
    undefined,
    {
      without: "the machine's own name",
      example: "bastion.example.org",
      doc: ["The name of this machine in pushes and in Duo's log."],
    },
  ),
} as const;
