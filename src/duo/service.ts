// One Duo host with one set of keys: transport, clock offset, warm connection and the API adapter, put together. A new
// config makes a new service; the old one is closed when its last login has ended.

import type { Clock } from "../core/clock.ts";
import type { DuoFailure } from "../core/failure.ts";
import type { Result } from "../core/result.ts";
import type { DuoApi } from "./api.ts";
import { Client, type ClientSettings } from "./client.ts";
import { ClockOffset } from "./clock-offset.ts";
import { createTransport, type TransportSettings } from "./transport.ts";
import { createV2Api } from "./v2/adapter.ts";
import { check } from "./v2/check.ts";
import { type PingResult, ping } from "./v2/ping.ts";
import { Warmth } from "./warmth.ts";

export interface DuoServiceSettings extends ClientSettings, TransportSettings {
  readonly keepWarmMs: number;
}

export interface DuoService {
  readonly api: DuoApi;
  /** A login is coming: open a connection if none is open. */
  touch(): void;
  /** Asks Duo for its time and learns the offset. */
  ping(signal: AbortSignal): Promise<Result<PingResult, DuoFailure>>;
  /** Asks Duo whether the keys are right. */
  check(signal: AbortSignal): Promise<Result<void, DuoFailure>>;
  close(): Promise<void>;
}

/** `onPing` hears the outcome of every ping that the service makes by itself. */
export function createDuoService(
  settings: DuoServiceSettings,
  clock: Clock,
  onPing: (result: Result<PingResult, DuoFailure>) => void,
): DuoService {
  const transport = createTransport(settings, clock);
  const offset = new ClockOffset();
  const closing = new AbortController();
  const pingOnce = async (signal: AbortSignal) => {
    const result = await ping(transport, clock, offset, settings.userAgent, signal);
    if (!closing.signal.aborted) onPing(result);
    return result;
  };
  const client = new Client(settings, {
    transport,
    clock,
    offset,
    random: Math.random,
    synchronise: async (signal) => {
      const answer = await pingOnce(signal);
      return answer.ok && answer.value.believable;
    },
  });
  const warmth = new Warmth({ clock, keepWarmMs: settings.keepWarmMs, ping: () => pingOnce(closing.signal) });
  return {
    api: createV2Api(client),
    touch: () => warmth.touch(),
    ping: pingOnce,
    check: (signal) => check(client, signal),
    async close() {
      warmth.close();
      closing.abort();
      await transport.close();
    },
  };
}
