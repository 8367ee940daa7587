// Owns a TCP relay on loopback that makes the way to a server as long as a real one: every byte takes half the round-trip
// time in each direction, order kept, ends and resets included. Knows nothing of what it carries. Called by relay-thread.ts.
//
// The kernel completes a connection on loopback at once; on a real way that takes a round trip, before which the client can
// send nothing. The relay accepts, and lets no byte of the client's set out before that round trip is over.

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { DelayLine, type Lateness } from "./relay-delay.ts";

export interface RelayOptions {
  readonly targetPort: number;
  readonly roundTripMs: number;
  /** What the relay costs by itself for each round trip, to be taken off the delay; 0 unless given. */
  readonly hopCostMs?: number | undefined;
  readonly lateness: Lateness;
}

export interface RelayServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Rejects when no port can be had. */
export async function openRelay(options: RelayOptions): Promise<RelayServer> {
  const closers = new Set<() => void>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const close = relayConnection(client, options, () => closers.delete(close));
    closers.add(close);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the relay has no port");
  return {
    port: address.port,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const close of [...closers]) close();
      await closed;
    },
  };
}

function relayConnection(client: Socket, options: RelayOptions, onClosed: () => void): () => void {
  const { targetPort, roundTripMs, hopCostMs = 0, lateness } = options;
  const connectedAt = performance.now() + roundTripMs;
  const oneWayMs = Math.max(0, (roundTripMs - hopCostMs) / 2);
  const upstream = connect({ port: targetPort, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
  const lines = [
    carry(client, upstream, lateness, () => Math.max(performance.now(), connectedAt) + oneWayMs),
    carry(upstream, client, lateness, () => performance.now() + oneWayMs),
  ];
  const close = (): void => {
    for (const line of lines) line.close();
    client.destroy();
    upstream.destroy();
    onClosed();
  };
  let open = 2;
  for (const socket of [client, upstream]) {
    socket.once("close", () => {
      open -= 1;
      if (open === 0) close();
    });
  }
  return close;
}

/** Everything that `from` says reaches `to` at the time that `due` gives. */
function carry(from: Socket, to: Socket, lateness: Lateness, due: () => number): DelayLine {
  const line = new DelayLine(lateness);
  from.on("data", (bytes) => line.put(due(), () => void to.write(bytes)));
  from.on("end", () => line.put(due(), () => void to.end()));
  from.on("error", () => line.put(due(), () => void to.resetAndDestroy()));
  return line;
}
