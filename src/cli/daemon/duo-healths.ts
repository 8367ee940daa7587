// One DuoHealth for each application, so that what is told of one does not hide what happens to another; they outlive
// reloads, so that a reload does not tell everything again.

import type { DuoSettings } from "../../config/config.ts";
import type { Clock } from "../../core/clock.ts";
import type { Audit } from "../../telemetry/audit.ts";
import type { Logger } from "../../telemetry/logger.ts";
import { DuoHealth } from "./duo-health.ts";

export class DuoHealths {
  readonly #logger: Logger;
  readonly #audit: Audit;
  readonly #clock: Clock;
  readonly #known = new Map<string, DuoHealth>();

  constructor(logger: Logger, audit: Audit, clock: Clock) {
    this.#logger = logger;
    this.#audit = audit;
    this.#clock = clock;
  }

  /** The health of the Duo that `settings` lead to. */
  of({ ikey, host, port }: DuoSettings): DuoHealth {
    const name = `${ikey}@${host}:${port}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    // The first is [duo]'s own, and needs no name in its lines.
    const logger = this.#known.size === 0 ? this.#logger : this.#logger.with({ duo_host: host, ikey });
    const health = new DuoHealth(logger, this.#audit, this.#clock);
    this.#known.set(name, health);
    return health;
  }
}
