// The connections to Duo, one undici Client each, and what is known of them: which are idle, and when the other end of each
// was last seen to answer. It decides nothing about calls. Called by transport.ts.

import { Client } from "undici";
import type { Connect } from "./transport-connect.ts";
import { ConnectPhaseError } from "./transport-failure.ts";

/**
 * How long an idle connection is kept. Below the idle limit of the servers that do not announce theirs (60 s and more), so
 * that it is we who close it. An announced one (Keep-Alive: timeout=) wins where it is shorter, with 2 s to spare.
 */
export const IDLE_MS = 20_000;

export class Lane {
  readonly client: Client;
  readonly #ending = new AbortController();
  /** When the last whole reply had come, by the clock's now(); undefined before the first. */
  answeredAt: number | undefined;

  constructor(origin: string, connect: Connect) {
    this.client = new Client(origin, {
      connect: (_options, callback) => {
        connect(this.#ending.signal).then(
          (socket) => callback(null, socket),
          (error: unknown) => callback(error instanceof Error ? error : new ConnectPhaseError(error), null),
        );
      },
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      bodyTimeout: 0,
    });
  }

  /** Closes the connection; what is under way on it, a handshake too, fails at once. */
  async end(): Promise<void> {
    this.#ending.abort(new Error("the connection is not needed any more"));
    await this.client.destroy();
  }
}

export class Lanes {
  readonly #origin: string;
  readonly #connect: Connect;
  readonly #all = new Set<Lane>();
  /** The one that answered last is at the end. */
  readonly #idle: Lane[] = [];

  constructor(origin: string, connect: Connect) {
    this.#origin = origin;
    this.#connect = connect;
  }

  /** The idle connection that answered last; it is the caller's until giveBack or drop. */
  takeIdle(): Lane | undefined {
    return this.#idle.pop();
  }

  /** A new one, which connects with its first request; the caller's as well. */
  open(): Lane {
    const lane = new Lane(this.#origin, this.#connect);
    this.#all.add(lane);
    // One that ends while it is idle is forgotten; while it is in use, its call learns of it.
    lane.client.on("disconnect", () => {
      const at = this.#idle.indexOf(lane);
      if (at === -1) return;
      this.#idle.splice(at, 1);
      this.drop(lane);
    });
    return lane;
  }

  /** Its call has had a whole reply. */
  giveBack(lane: Lane): void {
    if (this.#all.has(lane)) this.#idle.push(lane);
  }

  /**
   * Its call failed or was stopped. The Client has to go with its connection: undici would open another one for a request
   * that was aborted, and keep it without any limit.
   */
  drop(lane: Lane): void {
    if (this.#all.delete(lane)) void lane.end();
  }

  /** Where one idle connection turned out to be dead, the others are suspect. */
  dropIdle(): void {
    for (const lane of this.#idle.splice(0)) this.drop(lane);
  }

  async close(): Promise<void> {
    const all = [...this.#all];
    this.#all.clear();
    this.#idle.length = 0;
    await Promise.all(all.map((lane) => lane.end()));
  }
}
