// What a ping tells, in every dialect.

export interface PingResult {
  /** Duo's time, seconds since 1970; undefined when the answer did not say. */
  readonly time: number | undefined;
  /** False when Duo's clock is further away than can be believed; it was not used. */
  readonly believable: boolean;
}
