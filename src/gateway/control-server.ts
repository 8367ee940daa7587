// control.sock: HTTP with JSON for root (docs/CONTROL.md). It knows sockets and peers; what the paths do is given to it.
// Nothing here can let a user in.

import type { IncomingMessage, ServerResponse } from "node:http";
import { doorOf, type HttpDoor, httpServer } from "./http-door.ts";
import { type HttpRoutes, refusal, reply, serve } from "./http-routes.ts";
import type { ReadPeer } from "./ports.ts";
import { bind, type Place } from "./socket-place.ts";

export interface ControlParts {
  readonly routes: HttpRoutes;
  readonly readPeer: ReadPeer;
  readonly ownUid: number;
  readonly onError: (error: Error) => void;
}

/** Resolves when it answers. Only root and the daemon's own uid get more than 403. */
export async function openControl(place: Place, parts: ControlParts): Promise<HttpDoor> {
  const server = httpServer((request, response) => answer(request, response, parts), parts.onError);
  await bind(server, place, 0o600);
  server.on("error", parts.onError);
  return doorOf(server);
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: ControlParts): Promise<void> {
  const peer = parts.readPeer(request.socket);
  const permitted = peer.ok && (peer.value.uid === 0 || peer.value.uid === parts.ownUid);
  if (permitted) await serve(parts.routes, request, response);
  else reply(response, refusal(403, "only root may use the control socket"));
}
