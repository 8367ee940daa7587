// One Duo service with the settings that it was made of, held by each generation of the configuration that uses it. A reload
// that does not change it leaves it as it is: warm, with its clock offset, its back-off and the outage that it knows of.

import type { DuoSettings } from "../../config/config.ts";
import type { Clock } from "../../core/clock.ts";
import type { KnownAddresses } from "../../duo/resolver.ts";
import { createDuoService, type DuoService, type DuoServiceEvents } from "../../duo/service.ts";
import { sameConnection } from "./same-connection.ts";

interface Manners {
  readonly keepWarmMs: number;
  readonly userAgent: string;
}

export class DuoConnection {
  readonly settings: DuoSettings;
  readonly duo: DuoService;
  readonly #keepWarmMs: number;
  #holders = 0;

  constructor(settings: DuoSettings, manners: Manners, clock: Clock, events: DuoServiceEvents, known: KnownAddresses) {
    this.settings = settings;
    this.#keepWarmMs = manners.keepWarmMs;
    this.duo = createDuoService({ ...settings, ...manners }, clock, events, known);
  }

  /** Whether logins by these settings can use it. */
  fits(settings: DuoSettings, keepWarmMs: number): boolean {
    return this.#keepWarmMs === keepWarmMs && sameConnection(this.settings, settings);
  }

  hold(): void {
    this.#holders += 1;
  }

  /** The last holder closes it. */
  async release(): Promise<void> {
    this.#holders -= 1;
    if (this.#holders === 0) await this.duo.close();
  }
}
