// How a PAM service treats what it is given to show. One row for each kind of behaviour that was seen.

export interface ServiceProfile {
  /** INFO appears at once. sshd before 2026 holds it back until the next prompt or the end of the login. */
  readonly showsInfoAtOnce: boolean;
  /**
   * A login that cannot be asked gets a push to the default device, as with autopush. COMPAT(duo_unix): login_duo does
   * this for scp, git and other commands, where a PAM service without autopush refuses.
   */
  readonly pushesUnasked: boolean;
}

export function serviceProfile(service: string): ServiceProfile {
  return { showsInfoAtOnce: service !== "sshd", pushesUnasked: service === "login_duogate" };
}
