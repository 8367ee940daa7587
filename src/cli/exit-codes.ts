// Exit codes of the duogate command, as documented in its help and README.

export const EXIT = {
  ok: 0,
  /** The configuration, or what was asked about, is not right; everything wrong was printed. */
  invalid: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** The machine would not let us: a socket, a library, a limit. */
  cannotRun: 3,
} as const;
