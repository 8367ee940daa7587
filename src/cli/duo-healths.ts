// What is known of each Duo application, kept over reloads. Asked by daemon.ts and, through it, by each generation.

import type { DuoSettings } from "../config/config.ts";
import type { Clock } from "../core/clock.ts";
import type { Audit } from "../telemetry/audit.ts";
import type { Logger } from "../telemetry/logger.ts";
import { DuoHealth } from "./duo-health.ts";

/** One for each application, so that what is told of one does not hide what happens to another. */
export class DuoHealths {
  readonly #known = new Map<string, DuoHealth>();
  readonly #logger: Logger;
  readonly #audit: Audit;
  readonly #clock: Clock;

  constructor(logger: Logger, audit: Audit, clock: Clock) {
    this.#logger = logger;
    this.#audit = audit;
    this.#clock = clock;
  }

  of({ ikey, host, port }: DuoSettings): DuoHealth {
    const name = `${ikey}@${host}:${port}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    // Where there is one alone, nobody needs to be told which.
    const logger = this.#known.size === 0 ? this.#logger : this.#logger.with({ duo_host: host, ikey });
    const health = new DuoHealth(logger, this.#audit, this.#clock);
    this.#known.set(name, health);
    return health;
  }
}
