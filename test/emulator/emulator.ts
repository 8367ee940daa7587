// Owns the start and the end of an emulator; the only place that wires its rooms together.
// It imports nothing of the product: what it checks, it checks with code of its own. Called by tests and main.ts.

import { randomBytes, randomInt } from "node:crypto";
import { openControl } from "./control/server.ts";
import { FaultPlan } from "./faults/plan.ts";
import { Connections } from "./http/connections.ts";
import { httpsServers } from "./http/https-servers.ts";
import { openListener } from "./http/listener.ts";
import type { Route } from "./http/route.ts";
import { requestListener } from "./http/server.ts";
import type { Integration } from "./signature/verify.ts";
import { makeSteering, type Steering } from "./steering.ts";
import type { EmulatorPolicy } from "./store/policy.ts";
import type { EmulatorUsers } from "./store/users.ts";
import { readUsersFile } from "./store/users-file.ts";
import { World } from "./store/world.ts";
import { processAuthority } from "./tls/authority.ts";
import { unixRoutes } from "./unix/routes.ts";
import { v1Routes } from "./v1/routes.ts";
import { v2Routes } from "./v2/routes.ts";

/** How an emulator starts; everything has a default. */
export interface EmulatorOptions {
  /** test/emulator/users.json unless given. */
  readonly users?: EmulatorUsers | undefined;
  /** Random unless given. */
  readonly ikey?: string | undefined;
  readonly skey?: string | undefined;
  /** A second integration, of the Admin API: its requests are genuine and get 40301. */
  readonly adminIntegration?: { readonly ikey: string; readonly skey: string } | undefined;
  /** Whether /rest/v1 accepts signatures without a date, as Duo Unix made them until 2024; true. */
  readonly undatedSignatures?: boolean | undefined;
  /** How long auth_status holds before it repeats the waiting state; 30 s. */
  readonly longPollMs?: number | undefined;
  /** Address to listen on; 127.0.0.1. */
  readonly host?: string | undefined;
  /** Port to listen on; 0, a free one. */
  readonly port?: number | undefined;
  /** Port of the control server, 0 for a free one; no control server if absent. */
  readonly controlPort?: number | undefined;
  readonly policy?: Partial<EmulatorPolicy> | undefined;
  /** PNG bytes; without them there is no logo. */
  readonly logo?: Buffer | undefined;
  readonly maxTlsVersion?: "TLSv1.2" | "TLSv1.3" | undefined;
  /** How long an idle connection is kept; 60 s. */
  readonly keepAliveMs?: number | undefined;
  /** The server's clock, milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

/** A running emulator. */
export interface Emulator extends Steering {
  /** `localhost:PORT`, to be put into `host =`. */
  readonly host: string;
  readonly port: number;
  readonly ikey: string;
  readonly skey: string;
  /** PEM file of the authority that signed the server's certificate. */
  readonly caFile: string;
  readonly controlUrl: string | undefined;
  /** TCP connections accepted so far, and sockets (TCP and TLS) open now. */
  readonly connections: { readonly accepted: number; readonly open: number };
  /** Ends every connection and timer; waiters are rejected. Resolves when all is released; can be called again. */
  close(): Promise<void>;
}

/** The dialects, earlier ones first where they share a path. */
const routes: readonly Route[] = [...unixRoutes, ...v2Routes, ...v1Routes];

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

function randomKeys(): { readonly ikey: string; readonly skey: string } {
  const tail = Array.from({ length: 18 }, () => letters[randomInt(letters.length)]).join("");
  return { ikey: `DI${tail}`, skey: randomBytes(20).toString("hex") };
}

function integrationsOf(ikey: string, skey: string, options: EmulatorOptions): readonly Integration[] {
  const admin = options.adminIntegration;
  const own = { ikey, skey, kind: "auth" } as const;
  return admin === undefined ? [own] : [own, { ...admin, kind: "admin" }];
}

/** Starts an emulator. Rejects if an address cannot be had or the openssl command is missing. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const authority = await processAuthority();
  const { ikey, skey } = { ...randomKeys(), ...definedKeys(options) };
  const world = new World({
    users: options.users ?? (await readUsersFile()),
    policy: options.policy ?? {},
    longPollMs: options.longPollMs ?? 30_000,
    now: options.now ?? Date.now,
    logo: options.logo,
  });
  const faults = new FaultPlan();
  const connections = new Connections();
  const integrations = integrationsOf(ikey, skey, options);
  const serve = await httpsServers({
    authority,
    connections,
    maxTlsVersion: options.maxTlsVersion ?? "TLSv1.3",
    keepAliveMs: options.keepAliveMs ?? 60_000,
    onRequest: requestListener({
      world,
      routes,
      integrations,
      undated: options.undatedSignatures ?? true,
      faults,
      connections,
    }),
  });
  const host = options.host ?? "127.0.0.1";
  const listener = await openListener({ host, port: options.port ?? 0, connections, faults, serve });
  const steering = makeSteering({ world, faults, setRefusing: listener.setRefusing });
  const facts = { host: `localhost:${listener.port}`, port: listener.port, ikey, skey, caFile: authority.caFile };
  const control =
    options.controlPort === undefined
      ? undefined
      : await openControl({ port: options.controlPort, steering, facts, world });
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    world.close();
    await Promise.all([listener.close(), control?.close()]);
  };
  return Object.assign(steering, facts, {
    controlUrl: control?.url,
    connections,
    close: () => {
      closing ??= closeAll();
      return closing;
    },
  });
}

function definedKeys({ ikey, skey }: EmulatorOptions): { ikey?: string; skey?: string } {
  return { ...(ikey === undefined ? {} : { ikey }), ...(skey === undefined ? {} : { skey }) };
}
