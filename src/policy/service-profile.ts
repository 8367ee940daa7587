// How a PAM service treats what it is given to show. One row for each kind of behaviour that was seen.

export interface ServiceProfile {
  /** INFO appears at once. sshd before 2026 holds it back until the next prompt or the end of the login. */
  readonly showsInfoAtOnce: boolean;
}

export function serviceProfile(service: string): ServiceProfile {
  return { showsInfoAtOnce: service !== "sshd" };
}
