// One Duo host with one set of keys: transport, clock offset, warm connection and the API adapter, put together. A new
// config makes a new service; the old one is closed when its last login has ended.

import type { Clock } from "../core/clock.ts";
import type { DuoFailure } from "../core/failure.ts";
import type { Result } from "../core/result.ts";
import type { DuoApi } from "./api.ts";
import { BackOff, paced } from "./back-off.ts";
import { Client, type ClientSettings } from "./client.ts";
import { ClockOffset } from "./clock-offset.ts";
import { type DuoDialect, dialectOf } from "./dialect.ts";
import { inTurns } from "./in-turns.ts";
import { type Exchange, observed, overheard } from "./observed.ts";
import { Outage, type OutageParts, type OutageState } from "./outage.ts";
import type { PingResult } from "./ping-result.ts";
import type { KnownAddresses } from "./resolver.ts";
import { createTransport, type TransportSettings } from "./transport.ts";
import { USERS_CALLS_AT_ONCE } from "./transport-turns.ts";
import type { Root } from "./trust.ts";
import { Warmth } from "./warmth.ts";

export interface DuoServiceSettings extends Omit<ClientSettings, "signature">, TransportSettings {
  readonly api: DuoDialect;
  /** What this machine does in an outage, for the dialect that tells Duo. It decides nothing here. */
  readonly failmode: "safe" | "secure";
  readonly keepWarmMs: number;
}

/** What the service tells about Duo while nobody asks. */
export interface DuoServiceEvents {
  /** The outcome of every ping that the service made, and how far Duo's clock is from ours, in milliseconds. */
  readonly onPing: (result: Result<PingResult, DuoFailure>, offsetMs: number) => void;
  readonly onOutageBegin: OutageParts["onBegin"];
  readonly onOutageEnd: OutageParts["onEnd"];
  /** The root that Duo's certificate leads to, at each full handshake. */
  readonly onRoot: (root: Root) => void;
  /** Every request that came to an end. The time for which back-off held it back does not count. */
  readonly onExchange: (exchange: Exchange) => void;
  /** What a signed call came to, after its repeats. One that was not made because of an outage is none. */
  readonly onCall: (result: Result<unknown, DuoFailure>) => void;
}

const ignore = (): undefined => undefined;
/** For who asks Duo once, and looks at nothing but the answer. */
export const NO_DUO_EVENTS: DuoServiceEvents = {
  onPing: ignore,
  onOutageBegin: ignore,
  onOutageEnd: ignore,
  onRoot: ignore,
  onExchange: ignore,
  onCall: ignore,
};

export interface DuoService {
  readonly api: DuoApi;
  /** The same for logins that users can begin at will: they share a part of the calls at once, and leave the rest. */
  readonly usersApi: DuoApi;
  /** Whether Duo is known to be away, since when, and whom it has met. */
  readonly outage: OutageState;
  /** A login is coming: open a connection if none is open. */
  touch(): void;
  /** Asks Duo for its time and learns the offset. */
  ping(signal: AbortSignal): Promise<Result<PingResult, DuoFailure>>;
  /** Asks Duo whether the keys are right. */
  check(signal: AbortSignal): Promise<Result<void, DuoFailure>>;
  close(): Promise<void>;
}

/** `known` is what one process knows of addresses, where it has more than one service, or one after the other. */
export function createDuoService(
  settings: DuoServiceSettings,
  clock: Clock,
  events: DuoServiceEvents,
  known?: KnownAddresses,
): DuoService {
  const dialect = dialectOf(settings.api);
  const offset = new ClockOffset();
  const direct = createTransport(settings, clock, { onRoot: events.onRoot, known });
  const transport = paced(observed(direct, clock, events.onExchange), {
    backOff: new BackOff(clock),
    clock,
    wallMs: () => clock.wallMs() + offset.ms,
    random: Math.random,
  });
  const closing = new AbortController();
  const pingOnce = async (signal: AbortSignal) => {
    const result = await dialect.ping(transport, clock, offset, settings.userAgent, signal);
    outage.heard(result);
    if (!closing.signal.aborted) events.onPing(result, offset.ms);
    return result;
  };
  const outage = new Outage({
    clock,
    random: Math.random,
    probe: () => pingOnce(closing.signal),
    onBegin: events.onOutageBegin,
    onEnd: events.onOutageEnd,
  });
  // Logins that meet a wrong clock together wait for the same ping.
  const synchronise = shared(async () => {
    const answer = await pingOnce(closing.signal);
    return answer.ok && answer.value.time !== undefined && answer.value.believable;
  });
  const parts = { transport, clock, offset, random: Math.random, synchronise };
  const client = new Client({ ...settings, signature: dialect.signature }, parts);
  const warmth = new Warmth({ clock, keepWarmMs: settings.keepWarmMs, ping: () => pingOnce(closing.signal) });
  const api = outage.guard(overheard(dialect.createApi(client, settings.failmode), events.onCall));
  return {
    api,
    usersApi: inTurns(api, USERS_CALLS_AT_ONCE),
    get outage() {
      return outage.state;
    },
    touch: () => warmth.touch(),
    ping: pingOnce,
    async check(signal) {
      const result = await dialect.check(client, signal);
      events.onCall(result);
      return result;
    },
    async close() {
      warmth.close();
      outage.close();
      closing.abort();
      await transport.close();
    },
  };
}

/** Calls that come while one is under way get its outcome. */
function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}
