// The two doors by which others watch the daemon: control.sock, and the loopback address of metrics_listen, which follows the
// configuration. Neither may cost a login: where the address cannot be had, that is logged and the daemon goes on without.

import type { Clock } from "../../core/clock.ts";
import { openControl } from "../../gateway/control-server.ts";
import type { HttpDoor } from "../../gateway/http-door.ts";
import type { HttpReply, HttpRoutes } from "../../gateway/http-routes.ts";
import { type LoopbackPlace, openMetrics } from "../../gateway/metrics-server.ts";
import type { ReadPeer } from "../../gateway/ports.ts";
import type { Place } from "../../gateway/socket-place.ts";
import type { Audit } from "../../telemetry/audit.ts";
import type { Logger } from "../../telemetry/logger.ts";

export interface WatchParts {
  readonly clock: Clock;
  readonly readPeer: ReadPeer;
  readonly logger: Logger;
  readonly audit: Audit;
  readonly metrics: () => Promise<HttpReply>;
}

export class WatchDoors {
  readonly #parts: WatchParts;
  #control: HttpDoor | undefined;
  #metrics: HttpDoor | undefined;
  #place = "";
  #problem: string | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Why the metrics are not where the configuration wants them; undefined when they are. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Rejects when the socket cannot be had. */
  async openControl(place: Place, routes: HttpRoutes): Promise<void> {
    const { readPeer } = this.#parts;
    const ownUid = process.geteuid?.() ?? 0;
    this.#control = await openControl(place, { routes, readPeer, ownUid, onError: this.#onError });
  }

  /** The metrics are at `place` from now on, and nowhere else. Never rejects. */
  listenAt(place: LoopbackPlace | undefined): Promise<void> {
    // One after the other: two reloads in a row must not both find the address taken by the other.
    this.#turn = this.#turn.then(() => this.#moveTo(place));
    return this.#turn;
  }

  async close(): Promise<void> {
    await this.#turn;
    await Promise.all([this.#control?.close(), this.#metrics?.close()]);
  }

  async #moveTo(place: LoopbackPlace | undefined): Promise<void> {
    const name = place === undefined ? "" : `${place.host} port ${place.port}`;
    if (name === this.#place && this.#problem === undefined) return;
    this.#place = name;
    this.#problem = undefined;
    await this.#metrics?.close();
    this.#metrics = undefined;
    if (place === undefined) return;
    const { metrics, clock, logger } = this.#parts;
    try {
      this.#metrics = await openMetrics(place, { metrics, clock, onError: this.#onError });
      logger.info("The metrics can be read", { metrics_listen: name });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#problem = `metrics_listen: ${name} cannot be had: ${reason}`;
      logger.error("The metrics cannot be read at metrics_listen: logins go on", { metrics_listen: name, reason });
    }
  }

  readonly #onError = (error: Error): void => this.#parts.audit.defect(error);
}
