// Owns the measuring of what a relay costs by itself: four wake-ups and two copies for each round trip, beside the delay that was
// asked for. The benchmark has that taken off the delay. Called by the benchmark's rig and by its test.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { startRelay } from "./relay.ts";

const WARM_UP = 3;
const ECHOES = 25;

/** The median of what an echo of one byte takes through a relay beyond `roundTripMs`, in milliseconds. */
export async function measureHopCost(roundTripMs: number): Promise<number> {
  const echo = createServer({ noDelay: true }, (socket) => socket.on("error", () => undefined).pipe(socket));
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  const { port } = echo.address() as AddressInfo;
  const relay = await startRelay({ targetPort: port, roundTripMs });
  const socket = connect({ port: relay.port, host: "127.0.0.1", noDelay: true });
  try {
    const costs: number[] = [];
    for (let i = -WARM_UP; i < ECHOES; i += 1) {
      const elapsed = await echoed(socket);
      if (i >= 0) costs.push(elapsed - roundTripMs);
    }
    return Math.max(0, costs.toSorted((a, b) => a - b)[ECHOES >> 1] ?? 0);
  } finally {
    socket.destroy();
    await relay.close();
    echo.close();
  }
}

async function echoed(socket: Socket): Promise<number> {
  const began = performance.now();
  socket.write("x");
  await once(socket, "data");
  return performance.now() - began;
}
