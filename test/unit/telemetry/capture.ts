// A destination that keeps the lines of a log, and the clock that dates them. Used by the tests of src/telemetry.

import type { Clock } from "../../../src/core/clock.ts";
import { createLogger, type Logger, type LogLevel } from "../../../src/telemetry/logger.ts";

export const FIXED_CLOCK: Clock = {
  now: () => 0,
  wallMs: () => Date.UTC(2026, 10, 21, 20, 31, 23, 7),
  after: () => ({ cancel: () => undefined }),
};

export interface Capture {
  readonly logger: Logger;
  /** What was written, as it was written. */
  readonly raw: string[];
  /** The lines so far, parsed. */
  parsed(): readonly Record<string, unknown>[];
}

export function capture(level: LogLevel = "debug"): Capture {
  const raw: string[] = [];
  const destination = { write: (line: string) => void raw.push(line) };
  const logger = createLogger({ level, destination, clock: FIXED_CLOCK });
  return { logger, raw, parsed: () => raw.map((line) => JSON.parse(line) as Record<string, unknown>) };
}
