// One configuration in force, with the Duo service that belongs to it. A reload makes the next generation; the old one
// closes its connections when the last login that began under it has ended.

import { hostname } from "node:os";
import type { Config } from "../config/config.ts";
import type { Clock } from "../core/clock.ts";
import { createDuoService, type DuoService } from "../duo/service.ts";
import type { Lease } from "../gateway/ports.ts";
import type { DuoHealth } from "./duo-health.ts";

export class Generation {
  readonly config: Config;
  readonly duo: DuoService;
  #leases = 0;
  #retired = false;

  constructor(config: Config, clock: Clock, health: DuoHealth, version: string) {
    this.config = config;
    const settings = {
      ...config.duo,
      keepWarmMs: config.gateway.keepWarmMs,
      userAgent: `duogate/${version} (${process.platform}; ${process.arch})`,
    };
    this.duo = createDuoService(settings, clock, health.events);
  }

  /** For one login. It also opens a connection to Duo where there is none: the login is going to need it. */
  lease(): Lease {
    this.duo.touch();
    this.#leases += 1;
    const { duo, gateway } = this.config;
    return {
      policy: {
        ikey: duo.ikey,
        failmode: duo.failmode,
        prompts: duo.prompts,
        autopush: duo.autopush,
        pushinfo: duo.pushinfo,
        groups: duo.groups,
        hostname: gateway.hostname ?? hostname(),
      },
      loginDoor: {
        users: gateway.loginUsers,
        acceptFactor: duo.acceptEnvFactor,
        trustAddress: gateway.trustLoginAddress,
      },
      limits: gateway,
      answerTimeoutMs: gateway.answerTimeoutMs,
      loginTimeoutMs: gateway.loginTimeoutMs,
      duo: this.duo.api,
      release: () => {
        this.#leases -= 1;
        void this.#closeWhenUnused();
      },
    };
  }

  /** No new login begins under this generation. */
  retire(): Promise<void> {
    this.#retired = true;
    return this.#closeWhenUnused();
  }

  async #closeWhenUnused(): Promise<void> {
    if (this.#retired && this.#leases === 0) await this.duo.close();
  }
}
