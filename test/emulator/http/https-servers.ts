// Owns the HTTPS servers, one per certificate, none of which listens: connections are handed to them.

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Authority } from "../tls/authority.ts";
import type { CertificateKind } from "../tls/certificates.ts";
import type { Connections } from "./connections.ts";

/** What the servers need. */
export interface HttpsOptions {
  readonly authority: Authority;
  readonly connections: Connections;
  readonly maxTlsVersion: "TLSv1.2" | "TLSv1.3";
  /** How long an idle connection is kept; the client reads it in the Keep-Alive header. */
  readonly keepAliveMs: number;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Gives a TCP connection to the server that shows the wanted certificate. */
export type Serve = (kind: CertificateKind, socket: Socket) => void;

async function makeServer(kind: CertificateKind, options: HttpsOptions): Promise<Server> {
  const identity = await options.authority.issue(kind);
  const server = createServer({ ...identity, minVersion: "TLSv1.2", maxVersion: options.maxTlsVersion });
  server.keepAliveTimeout = options.keepAliveMs;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.on("secureConnection", (socket: TLSSocket) => options.connections.track(socket));
  server.on("request", options.onRequest);
  return server;
}

/** Makes the good server at once and the others when they are first wanted. */
export async function httpsServers(options: HttpsOptions): Promise<Serve> {
  const good = await makeServer("good", options);
  const others = new Map<CertificateKind, Promise<Server>>();
  const other = (kind: CertificateKind): Promise<Server> => {
    const made = others.get(kind) ?? makeServer(kind, options);
    others.set(kind, made);
    return made;
  };
  return (kind, socket) => {
    if (kind === "good") {
      good.emit("connection", socket);
      return;
    }
    void other(kind).then((server) => {
      if (!socket.destroyed) server.emit("connection", socket);
    });
  };
}
