// Whether this machine lets datagrams through to itself, which nobody outside sees and a filter of ordinary making lets pass. A
// kernel whose table of tracked connections is full refuses them with EPERM, one whose memory for datagrams is used up drops
// them. It asks, and decides nothing.

import { createSocket, type Socket } from "node:dgram";
import type { Clock } from "../core/clock.ts";

/** Resolves to "" where all is well or nothing can be said, else to what is wrong. */
export type Loopback = (clock: Clock) => Promise<string>;

/** Each from a port of its own: a table that is full to the brim has room for one now and then. */
const DATAGRAMS = 6;
const ARRIVAL_MS = 1000;
/** No IPv4 on this machine, or no loopback interface that is up: it says nothing. */
const NO_LOOPBACK: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "ENETUNREACH", "ENETDOWN"]);

export const askLoopback: Loopback = async (clock) => {
  const open: Socket[] = [];
  const socket = () => {
    const made = createSocket("udp4");
    open.push(made);
    return made;
  };
  try {
    const receiver = socket();
    await bound(receiver);
    const arrived = arrivals(receiver, DATAGRAMS, clock);
    for (let count = 0; count < DATAGRAMS; count += 1) await sent(socket(), receiver.address().port);
    return (await arrived) ? "" : "datagrams from this machine to itself do not arrive";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "an unknown error";
    return NO_LOOPBACK.has(code) ? "" : `this machine refuses a datagram to itself: ${code}`;
  } finally {
    for (const made of open) made.close();
  }
};

function bound(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.bind({ port: 0, address: "127.0.0.1", exclusive: true }, resolve);
  });
}

function sent(socket: Socket, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.send("duogate", port, "127.0.0.1", (error) => (error === null ? resolve() : reject(error)));
  });
}

/** False where one is still missing after ARRIVAL_MS. */
function arrivals(socket: Socket, expected: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    let count = 0;
    const timer = clock.after(ARRIVAL_MS, () => resolve(false));
    socket.once("close", () => timer.cancel());
    socket.on("message", () => {
      count += 1;
      if (count < expected) return;
      timer.cancel();
      resolve(true);
    });
  });
}
