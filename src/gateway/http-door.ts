// An HTTP server for few and short requests, with an end: what control.sock and metrics_listen have in common. A request that
// goes wrong ends alone.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

export interface HttpDoor {
  /** Ends the requests under way too. */
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Not listening yet. `onError` is told what an answer threw. */
export function httpServer(answer: Answer, onError: (error: Error) => void): Server {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A client that left in the middle of its body is no fault of ours.
      if (request.complete) onError(error instanceof Error ? error : new Error(String(error)));
      response.destroy();
    });
  });
  server.headersTimeout = 5000;
  server.requestTimeout = 10_000;
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
