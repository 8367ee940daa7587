// One configuration in force, with the Duo services that belong to it: one for each application and way to reach it. A
// reload makes the next generation, which takes over the connections that have not changed; the others are closed when the last
// login that began under the old one has ended.

import { hostname } from "node:os";
import type { Config, DuoSettings, GatewaySettings } from "../../config/config.ts";
import type { Clock } from "../../core/clock.ts";
import type { KnownAddresses } from "../../duo/resolver.ts";
import type { DuoService, DuoServiceEvents } from "../../duo/service.ts";
import type { Door } from "../../gateway/admission.ts";
import type { Lease, LoginDoorRules, ServiceTerms } from "../../gateway/ports.ts";
import type { LoginPolicy } from "../../login/context.ts";
import { DuoConnection } from "./duo-connection.ts";

export interface GenerationParts {
  readonly clock: Clock;
  readonly version: string;
  /** Who hears of the Duo that `settings` lead to; the same over reloads, so that a change is told once. */
  readonly eventsOf: (settings: DuoSettings) => DuoServiceEvents;
  /** Of Duo's hosts; the same over reloads. */
  readonly known: KnownAddresses;
}

/** A section of the file: `duo` or `service:NAME`. */
export interface Section {
  readonly name: string;
  readonly failmode: DuoSettings["failmode"];
}

/** A connection with the sections that use it, in the order of the file. */
export interface Member {
  readonly connection: DuoConnection;
  readonly sections: Section[];
}

interface Place {
  readonly terms: Readonly<Record<Door, ServiceTerms>>;
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

  /** `before` is the generation that this one follows, not retired yet: what leads to Duo in the same way is shared. */
  constructor(config: Config, parts: GenerationParts, before?: Generation) {
    this.config = config;
    const hostName = config.gateway.hostname ?? hostname();
    const placeOf = (section: string, settings: DuoSettings): Place => {
      const { duo } = this.#connect(section, settings, parts, before);
      const policy = policyOf(settings, hostName);
      const terms = { policy, loginDoor: loginDoorOf(settings, config.gateway) };
      return { duo, terms: { pam: { ...terms, duo: duo.api }, login: { ...terms, duo: duo.usersApi } } };
    };
    this.#main = placeOf("duo", config.duo);
    const services = [...config.services];
    this.#places = new Map(services.map(([name, settings]) => [name, placeOf(`service:${name}`, settings)]));
  }

  /** [duo]'s own comes first. */
  get members(): readonly Member[] {
    return this.#members;
  }

  /** For one login. It also opens a connection to Duo where there is none: the login is going to need it. */
  lease(): Lease {
    // The service is not known before START; most logins are for [duo]'s own application.
    this.#main.duo.touch();
    const release = this.#hold();
    const { gateway } = this.config;
    return {
      limits: gateway,
      answerTimeoutMs: gateway.answerTimeoutMs,
      loginTimeoutMs: gateway.loginTimeoutMs,
      termsFor: (service, door) => this.#termsFor(service, door),
      keep: () => this.#hold(),
      release,
    };
  }

  /** No new login begins under this generation. */
  retire(): Promise<void> {
    this.#retired = true;
    return this.#closeWhenUnused();
  }

  /** One more who uses it, until the function that it returns is called. */
  #hold(): () => void {
    let held = true;
    this.#leases += 1;
    return () => {
      if (!held) return;
      held = false;
      this.#leases -= 1;
      void this.#closeWhenUnused();
    };
  }

  #connect(name: string, settings: DuoSettings, parts: GenerationParts, before?: Generation): DuoConnection {
    const { keepWarmMs } = this.config.gateway;
    const fits = ({ connection }: Member) => connection.fits(settings, keepWarmMs);
    const section = { name, failmode: settings.failmode };
    const known = this.#members.find(fits);
    known?.sections.push(section);
    if (known !== undefined) return known.connection;
    const userAgent = `duogate/${parts.version} (${process.platform}; ${process.arch})`;
    const connection =
      before?.members.find(fits)?.connection ??
      new DuoConnection(settings, { keepWarmMs, userAgent }, parts.clock, parts.eventsOf(settings), parts.known);
    connection.hold();
    this.#members.push({ connection, sections: [section] });
    return connection;
  }

  #termsFor(service: string, door: Door): ServiceTerms {
    const place = this.#places.get(service) ?? this.#main;
    if (place.duo !== this.#main.duo) place.duo.touch();
    return place.terms[door];
  }

  async #closeWhenUnused(): Promise<void> {
    if (!this.#retired || this.#leases > 0) return;
    // Once: whoever else holds a connection must not lose it by our leaving twice.
    await Promise.all(this.#members.splice(0).map(({ connection }) => connection.release()));
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
