// One Duo host with one set of keys: transport, clock offset, warm connection and the API adapter, put together. A new
// config makes a new service; the old one is closed when its last login has ended.

import type { Clock } from "../core/clock.ts";
import type { DuoFailure } from "../core/failure.ts";
import type { Result } from "../core/result.ts";
import type { DuoApi } from "./api.ts";
import { Client, type ClientSettings } from "./client.ts";
import { ClockOffset } from "./clock-offset.ts";
import { type DuoDialect, dialectOf } from "./dialect.ts";
import type { PingResult } from "./ping-result.ts";
import { createTransport, type TransportSettings } from "./transport.ts";
import { Warmth } from "./warmth.ts";

export interface DuoServiceSettings extends Omit<ClientSettings, "signature">, TransportSettings {
  readonly api: DuoDialect;
  /** What this machine does in an outage, for the dialect that tells Duo. It decides nothing here. */
  readonly failmode: "safe" | "secure";
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
  const dialect = dialectOf(settings.api);
  const transport = createTransport(settings, clock);
  const offset = new ClockOffset();
  const closing = new AbortController();
  const pingOnce = async (signal: AbortSignal) => {
    const result = await dialect.ping(transport, clock, offset, settings.userAgent, signal);
    if (!closing.signal.aborted) onPing(result);
    return result;
  };
  const client = new Client(
    { ...settings, signature: dialect.signature },
    {
      transport,
      clock,
      offset,
      random: Math.random,
      synchronise: async (signal) => {
        const answer = await pingOnce(signal);
        return answer.ok && answer.value.time !== undefined && answer.value.believable;
      },
    },
  );
  const warmth = new Warmth({ clock, keepWarmMs: settings.keepWarmMs, ping: () => pingOnce(closing.signal) });
  return {
    api: dialect.createApi(client, settings.failmode),
    touch: () => warmth.touch(),
    ping: pingOnce,
    check: (signal) => dialect.check(client, signal),
    async close() {
      warmth.close();
      closing.abort();
      await transport.close();
    },
  };
}
