// An HTTP server for few and short requests, with an end: what control.sock and metrics_listen have in common. A request that
// goes wrong ends alone.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

export interface HttpDoor {
  /** Ends the requests under way too. */
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Those who ask are on this machine. */
const HEADERS_MS = 2000;
const REQUEST_MS = 5000;
const LOOK_MS = 500;

/** Not listening yet. `onError` is told what an answer threw. */
export function httpServer(answer: Answer, onError: (error: Error) => void): Server {
  // By itself Node looks twice a minute, whatever the limits are.
  const server = createServer({ connectionsCheckingInterval: LOOK_MS }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A client that left in the middle of its body is no fault of ours.
      if (request.complete) onError(error instanceof Error ? error : new Error(String(error)));
      response.destroy();
    });
  });
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  return server;
}

export function doorOf(server: Server): HttpDoor {
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
