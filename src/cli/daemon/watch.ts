// How the daemon is watched: its status, metrics and decisions, and the doors where they are asked for. It reads the daemon's
// parts and changes none of them, but for what root asks on control.sock: to revoke remembered devices, to reload. Made by
// daemon.ts.

import type { Config, DuoSettings } from "../../config/config.ts";
import type { Clock } from "../../core/clock.ts";
import type { DuoServiceEvents } from "../../duo/service.ts";
import type { Admission } from "../../gateway/admission.ts";
import type { HttpReply } from "../../gateway/http-routes.ts";
import type { GatewayLog, ReadPeer } from "../../gateway/ports.ts";
import { RefusalSummary } from "../../gateway/refusal-summary.ts";
import type { Place } from "../../gateway/socket-place.ts";
import { summing } from "../../gateway/summing-log.ts";
import type { PushSlots } from "../../login/push-slots.ts";
import type { TrustedDevices } from "../../login/trusted-devices.ts";
import type { Audit } from "../../telemetry/audit.ts";
import type { Logger } from "../../telemetry/logger.ts";
import type { ConnectionState, StateSources } from "../../telemetry/metrics-state.ts";
import { type ControlSubjects, controlRoutes } from "./control-routes.ts";
import { connectionProblems, connectionStatus, type DaemonStatus } from "./daemon-status.ts";
import type { DuoHealths } from "./duo-healths.ts";
import type { Generation } from "./generation.ts";
import { Observation } from "./observation.ts";
import { WatchDoors } from "./watch-doors.ts";

export interface WatchParts {
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: Audit;
  readonly readPeer: ReadPeer;
  readonly ownUid: number;
  readonly healths: DuoHealths;
  readonly admission: Admission;
  readonly slots: PushSlots;
  readonly devices: TrustedDevices;
  /** The configuration in force. */
  readonly generation: () => Generation;
  /** Logins under way. */
  readonly pending: () => number;
  /** Daemon.reload. */
  readonly reload: ControlSubjects["reload"];
}

/** As many as fit a terminal. */
const LAST_DECISIONS = 10;

export class Watch {
  readonly #parts: WatchParts;
  readonly #observation: Observation;
  readonly #doors: WatchDoors;
  readonly #refusals: RefusalSummary;
  readonly #startedAt: number;
  #reloadWell = true;

  constructor(parts: WatchParts) {
    const { version, clock } = parts;
    this.#parts = parts;
    this.#startedAt = clock.now();
    this.#observation = new Observation(version, clock, this.#sources());
    this.#doors = new WatchDoors({ ...parts, metrics: () => this.#metrics() });
    this.#refusals = new RefusalSummary(clock, (summed) => parts.audit.refusalsSummed(summed));
  }

  /** `log`, watched: everything is counted; what anybody can cause without end is summed up before it is written. */
  log(log: GatewayLog): GatewayLog {
    const kept = this.#observation.keeping(log);
    return this.#observation.log(summing(kept, this.#refusals, this.#parts.ownUid));
  }

  /** For a connection to the Duo that `settings` lead to: its health, watched. */
  eventsOf(settings: DuoSettings): DuoServiceEvents {
    return this.#observation.events(settings, this.#parts.healths.of(settings).events);
  }

  /** Opens control.sock; rejects when it cannot be had. */
  openControl(place: Place): Promise<void> {
    const { logger, devices, reload } = this.#parts;
    const revoked = (user: string | undefined, count: number) =>
      logger.always("info", "Remembered devices revoked", { user: user ?? "(all)", count });
    const { stats } = this.#observation;
    const routes = { status: () => this.#status(), metrics: () => this.#metrics(), stats, devices, revoked, reload };
    return this.#doors.openControl(place, controlRoutes(routes));
  }

  /** This configuration is in force from now on. Never rejects. */
  took(config: Config): Promise<void> {
    this.#observation.loaded(config);
    return this.#doors.listenAt(config.gateway.metricsListen);
  }

  /** Whether the last reload was one. */
  reloaded(ok: boolean): void {
    this.#reloadWell = ok;
    this.#observation.metrics.reloaded(ok);
  }

  async close(): Promise<void> {
    this.#refusals.flush();
    await this.#doors.close();
    this.#observation.metrics.close();
  }

  #status(): DaemonStatus {
    const { clock, version, generation, healths, pending, slots, devices } = this.#parts;
    const { stats, latency } = this.#observation;
    const of = (settings: DuoSettings) => healths.of(settings);
    const connections = generation().members.map((one) => connectionStatus(one, of(one.connection.settings)));
    return {
      version,
      uptimeSeconds: Math.round((clock.now() - this.#startedAt) / 1000),
      problems: [...connections.flatMap(connectionProblems), ...this.#ownProblems()],
      pendingLogins: pending(),
      pushesOut: slots.busy,
      rememberedDevices: devices.size,
      connections,
      latency,
      decisions: stats.counts,
      lastDecisions: stats.last(LAST_DECISIONS),
    };
  }

  #ownProblems(): readonly string[] {
    const reload = this.#reloadWell ? [] : ["the last reload was refused: run duogate check, mend it, reload again"];
    const { problem } = this.#doors;
    return problem === undefined ? reload : [...reload, problem];
  }

  async #metrics(): Promise<HttpReply> {
    const { metrics } = this.#observation;
    return { status: 200, type: metrics.contentType, text: await metrics.text() };
  }

  #sources(): Omit<StateSources, "followers"> {
    const { admission, slots, devices, generation } = this.#parts;
    return {
      pendingLogins: () => ({ pam: admission.underWay("pam"), login: admission.underWay("login") }),
      pendingLimit: () => generation().config.gateway.maxLogins,
      pushSlotsBusy: () => slots.busy,
      rememberedDevices: () => devices.size,
      connections: () => this.#connections(),
    };
  }

  #connections(): readonly ConnectionState[] {
    const { generation, healths } = this.#parts;
    return generation().members.map(({ connection: { settings, duo }, sections }) => {
      const { keys, clockOffsetMs, rootExpiresMs } = healths.of(settings);
      return {
        connection: sections[0]?.name ?? "duo",
        host: settings.host,
        outage: duo.outage.now !== undefined,
        keysAccepted: keys === "not-tried" ? undefined : keys === "accepted",
        clockOffsetSeconds: seconds(clockOffsetMs),
        rootExpirySeconds: seconds(rootExpiresMs),
      };
    });
  }
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
