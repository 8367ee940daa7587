// One configuration in force, with the Duo services that belong to it: one for each application and way to reach it. A
// reload makes the next generation; the old one closes its connections when the last login that began under it has ended.

import { hostname } from "node:os";
import type { Config, DuoSettings, GatewaySettings } from "../config/config.ts";
import type { Clock } from "../core/clock.ts";
import { createDuoService, type DuoService } from "../duo/service.ts";
import type { Lease, LoginDoorRules, ServiceTerms } from "../gateway/ports.ts";
import type { LoginPolicy } from "../login/context.ts";
import type { DuoHealth } from "./duo-health.ts";
import { sameConnection } from "./same-connection.ts";

/** The health of the Duo that `settings` lead to; kept over reloads, so that a change is told once. */
export type HealthOf = (settings: DuoSettings) => DuoHealth;

export interface Member {
  readonly settings: DuoSettings;
  readonly duo: DuoService;
}

interface Place {
  readonly terms: ServiceTerms;
  readonly duo: DuoService;
}

export class Generation {
  readonly config: Config;
  readonly #members: Member[] = [];
  readonly #main: Place;
  /** By PAM service, where it has a section. */
  readonly #places: ReadonlyMap<string, Place>;
  #leases = 0;
  #retired = false;

  constructor(config: Config, clock: Clock, healthOf: HealthOf, version: string) {
    this.config = config;
    const { keepWarmMs } = config.gateway;
    const hostName = config.gateway.hostname ?? hostname();
    const userAgent = `duogate/${version} (${process.platform}; ${process.arch})`;
    const duoFor = (settings: DuoSettings): DuoService => {
      const known = this.#members.find((member) => sameConnection(member.settings, settings));
      if (known !== undefined) return known.duo;
      const duo = createDuoService({ ...settings, keepWarmMs, userAgent }, clock, healthOf(settings).events);
      this.#members.push({ settings, duo });
      return duo;
    };
    const placeOf = (settings: DuoSettings): Place => {
      const duo = duoFor(settings);
      const policy = policyOf(settings, hostName);
      return { duo, terms: { policy, loginDoor: loginDoorOf(settings, config.gateway), duo: duo.api } };
    };
    this.#main = placeOf(config.duo);
    this.#places = new Map([...config.services].map(([service, settings]) => [service, placeOf(settings)]));
  }

  /** [duo]'s own. */
  get duo(): DuoService {
    return this.#main.duo;
  }

  /** [duo]'s own comes first. */
  get members(): readonly Member[] {
    return this.#members;
  }

  /** For one login. It also opens a connection to Duo where there is none: the login is going to need it. */
  lease(): Lease {
    // The service is not known before START; most logins are for [duo]'s own application.
    this.#main.duo.touch();
    this.#leases += 1;
    const { gateway } = this.config;
    return {
      limits: gateway,
      answerTimeoutMs: gateway.answerTimeoutMs,
      loginTimeoutMs: gateway.loginTimeoutMs,
      termsFor: (service) => this.#termsFor(service),
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

  #termsFor(service: string): ServiceTerms {
    const place = this.#places.get(service) ?? this.#main;
    if (place.duo !== this.#main.duo) place.duo.touch();
    return place.terms;
  }

  async #closeWhenUnused(): Promise<void> {
    if (this.#retired && this.#leases === 0) await Promise.all(this.#members.map(({ duo }) => duo.close()));
  }
}

/** What a login needs of the settings of its service. */
export function policyOf(settings: DuoSettings, hostName: string): LoginPolicy {
  const { ikey, failmode, prompts, autopush, pushinfo, groups, identity, fallbackLocalIp } = settings;
  return { ikey, failmode, prompts, autopush, pushinfo, groups, identity, fallbackLocalIp, hostname: hostName };
}

/** What the same settings permit on login.sock. */
export function loginDoorOf(settings: DuoSettings, gateway: GatewaySettings): LoginDoorRules {
  return {
    users: gateway.loginUsers,
    acceptFactor: settings.acceptEnvFactor,
    trustAddress: gateway.trustLoginAddress,
  };
}
