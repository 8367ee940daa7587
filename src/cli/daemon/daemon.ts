// The daemon as one object: the gateway, the generation in force, the user database, the log. It knows no signals and no
// argv; run.ts drives it, and so do tests.

import type { Config, DuoSettings } from "../../config/config.ts";
import { type ConfigProblem, formatProblems } from "../../config/problem.ts";
import type { Clock } from "../../core/clock.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { KnownAddresses } from "../../duo/resolver.ts";
import { createDirectory } from "../../ffi/directory.ts";
import type { Libc } from "../../ffi/libc.ts";
import { Admission, type Door } from "../../gateway/admission.ts";
import { createGatewayLog } from "../../gateway/audit-log.ts";
import { Gateway } from "../../gateway/gateway.ts";
import { LoginPace } from "../../gateway/login-pace.ts";
import { PeerAccounts } from "../../gateway/peer-accounts.ts";
import { SubordinateIds } from "../../host/subordinate-ids.ts";
import { unmappedUid } from "../../host/user-namespace.ts";
import { PushFollowers } from "../../login/push-followers.ts";
import { PushSlots } from "../../login/push-slots.ts";
import { TextPace } from "../../login/text-pace.ts";
import { TrustedDevices } from "../../login/trusted-devices.ts";
import { type Audit, createAudit } from "../../telemetry/audit.ts";
import { createLogger, type Logger } from "../../telemetry/logger.ts";
import { withDuoUnixLines } from "../../telemetry/syslog.ts";
import { DuoHealths } from "./duo-healths.ts";
import { Generation, type Member } from "./generation.ts";
import { listeningSockets } from "./listening-sockets.ts";
import { peerReader } from "./peer-reader.ts";
import { sameKeys } from "./same-connection.ts";
import { serverAddress } from "./server-address.ts";
import type { ListenPlace } from "./sockets.ts";
import { syslogSender } from "./syslog-socket.ts";
import { Watch } from "./watch.ts";

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
const LOOKUPS_AT_ONCE: Readonly<Record<Door, number>> = { pam: 2, login: 1 };
const LOOKUPS_WAITING = 1024;

export class Daemon {
  readonly #parts: DaemonParts;
  readonly #logger: Logger;
  readonly #audit: Audit;
  readonly #healths: DuoHealths;
  readonly #gateway: Gateway;
  readonly #ending = new AbortController();
  readonly #known = new KnownAddresses();
  readonly #devices: TrustedDevices;
  readonly #followers: PushFollowers;
  readonly #watch: Watch;
  #current: Generation;
  #lastReload: Promise<unknown> = Promise.resolve();

  constructor(parts: DaemonParts) {
    const { config, clock, libc, newId, version } = parts;
    this.#parts = parts;
    this.#logger = createLogger({ level: config.gateway.logLevel, clock });
    this.#audit = withDuoUnixLines(createAudit(this.#logger), {
      clock,
      wanted: () => this.#current.config.gateway.logFormat === "duo_unix",
      host: (service) => this.#duoHost(service),
      send: syslogSender(libc),
      onChange: (arriving) => this.#logger.warn(arriving ? "syslog takes lines again" : "syslog does not take lines"),
    });
    this.#healths = new DuoHealths(this.#logger, this.#audit, clock);
    this.#devices = new TrustedDevices(clock);
    this.#followers = new PushFollowers({ clock, onDefect: (error) => this.#audit.defect(error) });
    const readPeer = peerReader(libc);
    const ownUid = process.geteuid?.() ?? 0;
    const [admission, slots, devices] = [new Admission(clock), new PushSlots(), this.#devices];
    this.#watch = new Watch({
      version,
      clock,
      logger: this.#logger,
      audit: this.#audit,
      readPeer,
      ownUid,
      healths: this.#healths,
      admission,
      slots,
      devices,
      generation: () => this.#current,
      pending: () => this.#gateway.pending,
      reload: () => this.reload(),
    });
    this.#current = this.#generation(config);
    const { lookupTimeoutMs: timeoutMs } = config.gateway;
    const directoryOf = (door: Door) =>
      createDirectory(libc, { maxConcurrent: LOOKUPS_AT_ONCE[door], maxWaiting: LOOKUPS_WAITING, timeoutMs }, clock);
    const directories = { pam: directoryOf("pam"), login: directoryOf("login") };
    const ranges = new SubordinateIds(clock);
    this.#gateway = new Gateway({
      readPeer,
      ownUid,
      lease: () => this.#current.lease(),
      sockets: listeningSockets(libc),
      admission,
      pace: new LoginPace(clock),
      accounts: new PeerAccounts({ clock, directory: directories.login, ranges, unmappedUid: unmappedUid() }),
      directories,
      serverAddress,
      slots,
      texts: new TextPace(clock),
      followers: this.#followers,
      devices,
      log: this.#watch.log(createGatewayLog(this.#audit)),
      clock,
      newId,
    });
  }

  /** As Duo Unix has it: with the port where that is not 443. */
  #duoHost(service: string): string {
    const { duo, services } = this.#current.config;
    const { host, port } = services.get(service) ?? duo;
    return port === 443 ? host : `${host}:${port}`;
  }

  /** Opens the doors; rejects with one clear sentence when a socket cannot be had. */
  async open(places: readonly ListenPlace[]): Promise<void> {
    const { config, configFile, version } = this.#parts;
    for (const { door, place } of places) {
      if (door === "control") await this.#watch.openControl(place);
      else await this.#gateway.open(door, place);
    }
    await this.#watch.took(config);
    this.#audit.started({ version, configFile });
    this.#warn(config);
    void this.#meetDuo();
  }

  /**
   * Takes a new configuration, or keeps the old one and says loudly why: the error is the text of its problems. Resolves when
   * it is in force for every login that begins; those under way go on. One after the other: the file read last wins.
   */
  reload(): Promise<Result<undefined, string>> {
    const turn = this.#lastReload.then(() => this.#reloadNow());
    this.#lastReload = turn.catch(() => undefined);
    return turn;
  }

  /** Lets the logins under way end, for as long as the configuration allows, then closes everything. */
  async close(cause: string): Promise<void> {
    this.#audit.stopping({ cause, inFlight: this.#gateway.pending });
    this.#ending.abort();
    await this.#gateway.close(this.#current.config.gateway.shutdownTimeoutMs);
    await this.#followers.close();
    await this.#watch.close();
    await this.#current.retire();
  }

  /** Denies the logins under way, so that close() comes to its end. */
  stopNow(): void {
    this.#gateway.stopAll();
  }

  async #reloadNow(): Promise<Result<undefined, string>> {
    const { load, configFile } = this.#parts;
    const config = await load();
    this.#watch.reloaded(config.ok);
    if (!config.ok) {
      const problems = formatProblems(config.error);
      this.#audit.reloadRefused({ configFile, problems });
      return err(problems);
    }
    const old = this.#current;
    const keysChanged = !sameKeys(old.config, config.value);
    this.#current = this.#generation(config.value, old);
    if (keysChanged) this.#devices.revokeAll();
    await this.#watch.took(config.value);
    this.#audit.reloaded({ configFile, keysChanged });
    this.#warn(config.value);
    void Promise.all([old.retire(), this.#meetDuo()]).catch((error: unknown) => this.#audit.defect(error));
    return ok(undefined);
  }

  #generation(config: Config, before?: Generation): Generation {
    const { clock, version } = this.#parts;
    const eventsOf = (settings: DuoSettings) => this.#watch.eventsOf(settings);
    return new Generation(config, { clock, version, eventsOf, known: this.#known }, before);
  }

  /** Learns Duo's clock and tries the keys, so that both are known before the first login. No login waits for it. */
  async #meetDuo(): Promise<void> {
    const { signal } = this.#ending;
    const meet = async ({ connection: { settings, duo } }: Member) => {
      if ((await duo.ping(signal)).ok) await this.#healths.of(settings).checkKeys(duo, signal);
    };
    await Promise.all(this.#current.members.map(meet));
  }

  #warn(config: Config): void {
    for (const warning of config.warnings) this.#logger.warn(formatProblems([warning]));
  }
}
