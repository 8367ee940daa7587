// Exit codes of the duogate command: one table for the code, the help and the README.

export const EXIT = {
  ok: 0,
  /** The configuration, or what was asked about, is not right; everything wrong was printed. */
  invalid: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** The machine would not let us: a socket, a library, a limit. */
  cannotRun: 3,
  /** Duo answered FAIL: keys, clock, or parameters that it does not take. */
  refused: 4,
  /** No answer of Duo's: no connection, a time-out, trouble on its side, or something else that answered. */
  unreachable: 5,
  /** Duo said no; or PAM did, or the login's own rules, where they were asked. */
  denied: 6,
  /** Neither allowed nor denied yet; a change that nobody confirmed, and that is undone. */
  undecided: 7,
  /** The daemon runs, and something about it is to be mended or waited for. */
  unwell: 8,
} as const;

/** For `--help`. SECURITY: scripts act on 0, so nothing but a completed or allowing call may end with it. */
export const EXIT_HELP = `
Exit codes:
  0  done; for a question whether somebody may log in: Duo allows it
  1  the configuration is not right, or doctor found something to mend; every problem was printed
  2  the command line is not right
  3  the machine would not let duogate run
api, explain, test-login, enable and disable (--help after each tells more):
  4  Duo refused the request (its code, message and detail were printed)
  5  Duo could not be reached, is in trouble, or something else answered in its place
  6  Duo or PAM says no: deny, enroll first, or an activation code that is not valid
  7  not decided: preauth asks for a factor, something is still waiting, or a change was not confirmed and is undone
status only:
  8  the daemon runs, but not all is well: an outage, keys that Duo refuses, a refused reload`;
