// The metrics that tell how the daemon is now: read from their sources when somebody scrapes, kept nowhere. Called by
// metrics.ts; cli/ provides the sources.

import { Gauge, type Registry } from "prom-client";

/** One Duo application and the way to it, as the configuration in force has it. */
export interface ConnectionState {
  /** The first section that uses it: `duo`, `service:sudo`. */
  readonly connection: string;
  readonly host: string;
  readonly outage: boolean;
  /** Undefined while Duo has not said. */
  readonly keysAccepted: boolean | undefined;
  /** How far Duo's clock is ahead of this machine's; undefined while no ping was answered. */
  readonly clockOffsetSeconds: number | undefined;
  /** Until when the root is good that Duo's certificate leads to, since 1970; undefined before the first handshake. */
  readonly rootExpirySeconds: number | undefined;
}

export interface StateSources {
  readonly pendingLogins: () => Readonly<Record<string, number>>;
  readonly pendingLimit: () => number;
  readonly pushSlotsBusy: () => number;
  readonly rememberedDevices: () => number;
  readonly followers: () => number;
  readonly connections: () => readonly ConnectionState[];
}

export function addStateMetrics(registry: Registry, sources: StateSources): void {
  const registers = [registry];
  const number = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  new Gauge({
    name: "duogate_pending_logins",
    help: "Logins under way, by the socket that they came in by.",
    labelNames: ["door"],
    registers,
    collect() {
      for (const [door, count] of Object.entries(sources.pendingLogins())) this.set({ door }, count);
    },
  });
  number(
    "duogate_pending_logins_limit",
    "How many logins may be under way on one socket: max_logins.",
    sources.pendingLimit,
  );
  number("duogate_push_slots_busy", "Users with a push or a call out.", sources.pushSlotsBusy);
  number("duogate_remembered_devices", "Remembered devices that are kept.", sources.rememberedDevices);
  number("duogate_decision_followers", "Readers of the stream of decisions.", sources.followers);
  addConnectionMetrics(registry, sources.connections);
}

function addConnectionMetrics(registry: Registry, connections: StateSources["connections"]): void {
  const gauge = (name: string, help: string, read: (connection: ConnectionState) => number | undefined) =>
    new Gauge({
      name,
      help,
      labelNames: ["connection", "host"],
      registers: [registry],
      collect() {
        this.reset();
        for (const state of connections()) {
          const value = read(state);
          if (value !== undefined) this.set({ connection: state.connection, host: state.host }, value);
        }
      },
    });
  gauge("duogate_duo_outage", "1 while Duo is known to be away.", ({ outage }) => Number(outage));
  gauge(
    "duogate_duo_keys_accepted",
    "1 where Duo accepts the keys, 0 where it refuses this machine; absent while that is not known.",
    ({ keysAccepted }) => (keysAccepted === undefined ? undefined : Number(keysAccepted)),
  );
  gauge(
    "duogate_duo_clock_offset_seconds",
    "How far Duo's clock is ahead of this machine's; absent while no ping was answered.",
    ({ clockOffsetSeconds }) => clockOffsetSeconds,
  );
  gauge(
    "duogate_duo_root_expiry_timestamp_seconds",
    "When the root expires that Duo's certificate leads to, in seconds since 1970; absent before the first handshake.",
    ({ rootExpirySeconds }) => rootExpirySeconds,
  );
}
