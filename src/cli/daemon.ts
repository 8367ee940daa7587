// The daemon as one object: the gateway, the generation in force, the user database, the log. It knows no signals and no
// argv; run.ts drives it, and so do tests.

import type { Config } from "../config/config.ts";
import { type ConfigProblem, formatProblems } from "../config/problem.ts";
import type { Clock } from "../core/clock.ts";
import type { Result } from "../core/result.ts";
import { createDirectory } from "../ffi/directory.ts";
import type { Libc } from "../ffi/libc.ts";
import { Admission } from "../gateway/admission.ts";
import { createGatewayLog } from "../gateway/audit-log.ts";
import { openControl } from "../gateway/control-server.ts";
import { DecisionStats } from "../gateway/decision-stats.ts";
import { Gateway } from "../gateway/gateway.ts";
import type { Place } from "../gateway/listener.ts";
import type { ReadPeer } from "../gateway/ports.ts";
import { PushSlots } from "../login/push-slots.ts";
import { TrustedDevices } from "../login/trusted-devices.ts";
import { type Audit, createAudit } from "../telemetry/audit.ts";
import { createLogger, type Logger } from "../telemetry/logger.ts";
import { withDuoUnixLines } from "../telemetry/syslog.ts";
import { controlRoutes } from "./control-routes.ts";
import { type DaemonStatus, outageStatus } from "./daemon-status.ts";
import { DuoHealths } from "./duo-healths.ts";
import { Generation, type Member } from "./generation.ts";
import { peerReader } from "./peer-reader.ts";
import { sameKeys } from "./same-connection.ts";
import { serverAddress } from "./server-address.ts";
import type { ListenPlace } from "./sockets.ts";
import { syslogSender } from "./syslog-socket.ts";

export interface DaemonParts {
  readonly config: Config;
  readonly configFile: string;
  readonly load: () => Promise<Result<Config, readonly ConfigProblem[]>>;
  readonly libc: Libc;
  readonly clock: Clock;
  readonly version: string;
  readonly newId: () => string;
}

/** Look-ups at once: libuv has four threads, and DNS needs one. */
const LOOKUPS_AT_ONCE = 2;
const LOOKUPS_WAITING = 1024;

export class Daemon {
  readonly #parts: DaemonParts;
  readonly #logger: Logger;
  readonly #audit: Audit;
  readonly #healths: DuoHealths;
  readonly #gateway: Gateway;
  readonly #ending = new AbortController();
  readonly #devices: TrustedDevices;
  readonly #readPeer: ReadPeer;
  readonly #stats = new DecisionStats();
  readonly #startedAt: number;
  #control: { close(): Promise<void> } | undefined;
  #current: Generation;

  constructor(parts: DaemonParts) {
    const { config, clock, libc, newId } = parts;
    this.#parts = parts;
    this.#logger = createLogger({ level: config.gateway.logLevel, clock });
    this.#audit = withDuoUnixLines(createAudit(this.#logger), {
      clock,
      wanted: () => this.#current.config.gateway.logFormat === "duo_unix",
      send: syslogSender(libc),
      onChange: (arriving) => this.#logger.warn(arriving ? "syslog takes lines again" : "syslog does not take lines"),
    });
    this.#healths = new DuoHealths(this.#logger, this.#audit, clock);
    this.#current = this.#generation(config);
    this.#devices = new TrustedDevices(clock);
    this.#startedAt = clock.now();
    const limits = {
      maxConcurrent: LOOKUPS_AT_ONCE,
      maxWaiting: LOOKUPS_WAITING,
      timeoutMs: config.gateway.lookupTimeoutMs,
    };
    this.#readPeer = peerReader(libc);
    this.#gateway = new Gateway({
      readPeer: this.#readPeer,
      ownUid: process.geteuid?.() ?? 0,
      lease: () => this.#current.lease(),
      admission: new Admission(),
      directory: createDirectory(libc, limits, clock),
      serverAddress,
      slots: new PushSlots(),
      devices: this.#devices,
      log: this.#stats.counting(createGatewayLog(this.#audit), () => clock.wallMs()),
      clock,
      newId,
    });
  }

  /** Opens the doors; rejects with one clear sentence when a socket cannot be had. */
  async open(places: readonly ListenPlace[]): Promise<void> {
    const { config, configFile, version } = this.#parts;
    for (const { door, place } of places) {
      if (door === "control") this.#control = await this.#openControl(place);
      else await this.#gateway.open(door, place);
    }
    this.#audit.started({ version, configFile });
    this.#warn(config);
    void this.#meetDuo();
  }

  /** Takes a new configuration, or keeps the old one and says loudly why. */
  async reload(): Promise<void> {
    const { load, configFile } = this.#parts;
    const config = await load();
    if (!config.ok) {
      this.#audit.reloadRefused({ configFile, problems: formatProblems(config.error) });
      return;
    }
    const old = this.#current;
    const keysChanged = !sameKeys(old.config, config.value);
    this.#current = this.#generation(config.value);
    if (keysChanged) this.#devices.revokeAll();
    this.#audit.reloaded({ configFile, keysChanged });
    this.#warn(config.value);
    await Promise.all([old.retire(), this.#meetDuo()]);
  }

  /** Lets the logins under way end, for as long as the configuration allows, then closes everything. */
  async close(cause: string): Promise<void> {
    this.#audit.stopping({ cause, inFlight: this.#gateway.pending });
    this.#ending.abort();
    await this.#gateway.close(this.#current.config.gateway.shutdownTimeoutMs);
    await this.#control?.close();
    await this.#current.retire();
  }

  /** Denies the logins under way, so that close() comes to its end. */
  stopNow(): void {
    this.#gateway.stopAll();
  }

  /** For `duogate status`. */
  status(): DaemonStatus {
    const { clock, version } = this.#parts;
    const { duo } = this.#current.config;
    return {
      version,
      uptimeSeconds: Math.round((clock.now() - this.#startedAt) / 1000),
      pendingLogins: this.#gateway.pending,
      rememberedDevices: this.#devices.size,
      duo: {
        host: duo.host,
        failmode: duo.failmode,
        health: this.#healths.of(duo).state,
        outage: outageStatus(this.#current.duo.outage),
        outages: this.#current.duo.outage.outages,
      },
      decisions: this.#stats.counts,
      lastDecisions: this.#stats.last,
    };
  }

  #openControl(place: Place): Promise<{ close(): Promise<void> }> {
    const routes = controlRoutes({
      status: () => this.status(),
      devices: this.#devices,
      revoked: (user, count) =>
        this.#logger.always("info", "Remembered devices revoked", { user: user ?? "(all)", count }),
    });
    const onError = (error: Error) => this.#audit.defect(error);
    return openControl(place, { routes, readPeer: this.#readPeer, ownUid: process.geteuid?.() ?? 0, onError });
  }

  #generation(config: Config): Generation {
    return new Generation(config, this.#parts.clock, (settings) => this.#healths.of(settings), this.#parts.version);
  }

  /** Learns Duo's clock and tries the keys, so that both are known before the first login. No login waits for it. */
  async #meetDuo(): Promise<void> {
    const { signal } = this.#ending;
    const meet = async ({ settings, duo }: Member) => {
      if ((await duo.ping(signal)).ok) await this.#healths.of(settings).checkKeys(duo, signal);
    };
    await Promise.all(this.#current.members.map(meet));
  }

  #warn(config: Config): void {
    for (const warning of config.warnings) this.#logger.warn(formatProblems([warning]));
  }
}
