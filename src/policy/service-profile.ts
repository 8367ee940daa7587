// How a PAM service treats what it is given to show. One row for each kind of behaviour that was seen.

export interface ServiceProfile {
  /** INFO appears at once. sshd before 2026 holds it back until the next prompt or the end of the login. */
  readonly showsInfoAtOnce: boolean;
  /**
   * The application may show a text of its own instead of our prompt: sudo with -p does. A prompt then has only the
   * question, and what is above it is an INFO. Not for su, which writes INFO to standard output, where it would end up in
   * the file of `su -c … > file`; sudo writes it to the terminal.
   */
  readonly replacesPrompts: boolean;
  /**
   * A login that cannot be asked gets a push to the default device, as with autopush. COMPAT(duo_unix): login_duo does
   * this for scp, git and other commands, where a PAM service without autopush refuses.
   */
  readonly pushesUnasked: boolean;
}

export function serviceProfile(service: string): ServiceProfile {
  return {
    showsInfoAtOnce: service !== "sshd",
    // sudo's services have any name that sudoers gives them (pam_service): sudo, sudo-i, and most often sudo-SOMETHING.
    replacesPrompts: /^sudo(?:-|$)/.test(service),
    pushesUnasked: service === "login_duogate",
  };
}
