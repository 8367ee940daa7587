// A TCP front between a client and the emulator that can lose connections at chosen moments: what a server, a load balancer or
// a firewall does to a connection that was idle. It sees bytes only, so TLS goes through it unharmed.

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** What happens to a doomed connection when the client next writes to it: nothing it writes arrives. */
export type Doom = "reset" | "silent";

export interface DuoFront {
  readonly port: number;
  /** Connections accepted so far. */
  readonly accepted: number;
  readonly open: number;
  /** Dooms those that are open now. */
  doom(how: Doom): void;
  /** Dooms those to come. */
  doomNew(how: Doom | undefined): void;
  /** Ends those that are open, properly, and resolves when the client has ended them too. */
  endAll(): Promise<void>;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  doom: Doom | undefined;
}

export async function openFront(targetPort: number): Promise<DuoFront> {
  const pairs = new Set<Pair>();
  const counts = { accepted: 0 };
  let next: Doom | undefined;
  const server = createServer((client) => {
    counts.accepted += 1;
    const pair: Pair = { client, doom: next };
    pairs.add(pair);
    join(pair, connect(targetPort, "127.0.0.1"));
    client.once("close", () => pairs.delete(pair));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the front has no port");
  return {
    port: address.port,
    get accepted() {
      return counts.accepted;
    },
    get open() {
      return pairs.size;
    },
    doom: (how) => {
      for (const pair of pairs) pair.doom = how;
    },
    doomNew: (how) => {
      next = how;
    },
    async endAll() {
      await Promise.all([...pairs].map(({ client }) => once(client.end(), "close")));
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const { client } of pairs) client.destroy();
      await closed;
    },
  };
}

function join(pair: Pair, server: Socket): void {
  const { client } = pair;
  client.on("data", (bytes) => {
    if (pair.doom === "reset") client.resetAndDestroy();
    else if (pair.doom === undefined) server.write(bytes);
  });
  server.on("data", (bytes) => client.write(bytes));
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.on("error", () => undefined);
    one.once("close", () => other.destroy());
  }
}
