// LoginFacts: what the helper observed about one login. It carries no decision. Made from START by wire/ and gateway/,
// read by login/ and policy/.

export interface LoginFacts {
  /** PAM_USER, frozen at the start of the transaction. May hold any character but NUL. */
  readonly user: string;
  /** What a helper without rights called the user, where it is not `user`: for the log alone. */
  readonly claimedUser?: string | undefined;
  /** PAM_SERVICE: "sshd", "sudo", "su"… */
  readonly service: string;
  readonly rhost?: string | undefined;
  /**
   * root's program told it, or the configuration says that it may be believed. False: the user who logs in could have
   * chosen it, so that it goes into the log and not to Duo.
   */
  readonly rhostTrusted: boolean;
  readonly tty?: string | undefined;
  readonly ruser?: string | undefined;
  /** Real uid of the process that called PAM. */
  readonly callerUid: number;
  /** The command under sudo or login_duogate. For display only: it comes from the caller. */
  readonly command?: string | undefined;
  /** A prompt can be tried. */
  readonly interactive: boolean;
  /** INFO and ERROR are handed to the application. */
  readonly showsMessages: boolean;
  /** The caller has asked that nobody be asked (sudo -n): no factor is sent unasked. */
  readonly unattended?: boolean | undefined;
  /** The application was refused before in this login and asks once more by itself (sudo's three tries). */
  readonly again?: boolean | undefined;
  /** Milliseconds that the helper waits in all. */
  readonly budgetMs: number;
}
