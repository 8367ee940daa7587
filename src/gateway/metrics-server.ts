// metrics_listen: the metrics on a loopback address, for a scraper that is not root. GET /metrics and nothing else: what
// root alone may ask stays on control.sock. Every local user can reach it, so that a flood of requests must cost little.

import type { Clock } from "../core/clock.ts";
import { giveWay } from "./giving-way.ts";
import { doorOf, type HttpDoor, httpServer } from "./http-door.ts";
import { type HttpReply, type HttpRoute, refusal, reply, serve } from "./http-routes.ts";

export interface LoopbackPlace {
  /** An address of the loopback interface, without brackets; the configuration takes no other. */
  readonly host: string;
  readonly port: number;
}

const CONNECTIONS_MAX = 64;
/** Without a byte either way. A scraper that takes its answer takes it at once. */
const SILENT_MS = 5000;
/** No scraper asks more often than this; whoever does gets the same text again. */
const FRESH_MS = 1000;
const LOOPBACK_NAME = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

export interface MetricsParts {
  readonly metrics: () => Promise<HttpReply>;
  readonly clock: Clock;
  readonly onError: (error: Error) => void;
}

/** Resolves when it answers; rejects when the address cannot be had. */
export async function openMetrics({ host, port }: LoopbackPlace, parts: MetricsParts): Promise<HttpDoor> {
  const routes = { "/metrics": { GET: keeping(parts) } };
  const server = httpServer(async (request, response) => {
    // SECURITY: a web page whose name was made to lead here sends its own name. No page has business with the metrics.
    if (LOOPBACK_NAME.test(request.headers.host ?? "")) await serve(routes, request, response);
    else reply(response, refusal(403, "ask by the loopback address, or as localhost"));
  }, parts.onError);
  giveWay(server, CONNECTIONS_MAX);
  server.timeout = SILENT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, backlog: CONNECTIONS_MAX }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  server.on("error", parts.onError);
  return doorOf(server);
}

/** The metrics, made anew at most once in FRESH_MS. */
function keeping({ metrics, clock }: MetricsParts): HttpRoute {
  let kept: { readonly at: number; readonly text: Promise<HttpReply> } | undefined;
  return () => {
    const now = clock.now();
    if (kept === undefined || now - kept.at >= FRESH_MS) kept = { at: now, text: metrics() };
    return kept.text;
  };
}
