// Connections of a server that anybody on this machine can reach, in a fixed number, where a new one is always taken: the
// one that has said nothing for the longest gives way, and where all are being answered, the one that has been for the
// longest. It knows HTTP's requests and nothing of what they ask.

import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * SECURITY: with a limit that refuses the new ones, whoever opens that many and says nothing keeps the scraper out, and with
 * it the alerts. A scraper asks as soon as it is connected, so that others would have to open `max` within that moment.
 */
export function giveWay(server: Server, max: number): void {
  /** Requests under way on each, in the order in which they last fell silent. */
  const open = new Map<Socket, number>();
  const change = (socket: Socket, by: number) => {
    const before = open.get(socket);
    if (before === undefined) return;
    open.delete(socket);
    open.set(socket, before + by);
  };
  server.on("connection", (socket: Socket) => {
    if (open.size >= max) leaving(open)?.destroy();
    open.set(socket, 0);
    socket.once("close", () => open.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    change(socket, 1);
    response.once("close", () => change(socket, -1));
  });
}

function leaving(open: ReadonlyMap<Socket, number>): Socket | undefined {
  for (const [socket, requests] of open) if (requests === 0 && !socket.destroyed) return socket;
  for (const socket of open.keys()) if (!socket.destroyed) return socket;
  return undefined;
}
