// One connection to Duo, ready for HTTP: TCP, a proxy's tunnel where one is configured, TLS with every check, all within one
// time limit. It keeps the last TLS session, so that the next handshake is shorter. Called by transport-lanes.ts.

import { isIP, type Socket } from "node:net";
import { connect as connectTls, createSecureContext, type TLSSocket } from "node:tls";
import type { Clock } from "../core/clock.ts";
import { type HttpProxy, openTunnel } from "./proxy.ts";
import type { Resolve } from "./resolver.ts";
import { dial, type Place } from "./transport-dial.ts";
import { ConnectLimitError, ConnectPhaseError } from "./transport-failure.ts";
import { identityFault, type Root, rootOf } from "./trust.ts";

export interface ConnectSettings extends Place {
  /** PEM. Nothing else is trusted; with none, nobody is. */
  readonly caCertificates: readonly string[];
  readonly httpProxy: HttpProxy | undefined;
  /** For everything from the name's look-up to the end of the handshake. */
  readonly connectTimeoutMs: number;
}

export interface ConnectParts {
  readonly clock: Clock;
  readonly resolve: Resolve;
  /** Hears the root of each chain that was verified in full. */
  readonly onRoot: (root: Root) => void;
}

/** Rejects with ConnectPhaseError, or as soon as the signal is aborted. */
export type Connect = (signal: AbortSignal) => Promise<TLSSocket>;

export function createConnect(settings: ConnectSettings, parts: ConnectParts): Connect {
  const { host, httpProxy, connectTimeoutMs } = settings;
  const { clock, resolve, onRoot } = parts;
  const secureContext = createSecureContext({ ca: [...settings.caCertificates], minVersion: "TLSv1.2" });
  let session: Buffer | undefined;

  const handshake = async (socket: Socket, signal: AbortSignal): Promise<TLSSocket> => {
    const offered = session;
    // A session that did not work is not offered again.
    session = undefined;
    const tls = connectTls({
      socket,
      host,
      secureContext,
      ALPNProtocols: ["http/1.1"],
      // SECURITY: there is no option that switches either off.
      rejectUnauthorized: true,
      checkServerIdentity: identityFault,
      // No SNI for an address: RFC 6066 section 3.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(offered === undefined ? {} : { session: offered }),
    });
    // SECURITY: Node gives out a session only after its chain and name were found good.
    tls.on("session", (fresh: Buffer) => {
      session = fresh;
    });
    await secured(tls, signal);
    if (!tls.isSessionReused()) {
      const root = rootOf(tls.getPeerCertificate(true));
      if (root !== undefined) onRoot(root);
    } else session ??= offered;
    return tls;
  };

  const open = async (signal: AbortSignal): Promise<TLSSocket> => {
    const socket = await dial(httpProxy ?? settings, resolve, clock, signal);
    try {
      socket.setKeepAlive(true, 60_000);
      if (httpProxy !== undefined) await openTunnel(socket, settings, httpProxy, signal);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    try {
      return await handshake(socket, signal);
    } catch (error) {
      socket.destroy();
      throw error instanceof ConnectLimitError ? error : new ConnectPhaseError(error, "tls");
    }
  };

  return async (signal) => {
    const limit = new AbortController();
    const timer = clock.after(connectTimeoutMs, () => limit.abort(new ConnectLimitError(connectTimeoutMs)));
    try {
      return await open(AbortSignal.any([signal, limit.signal]));
    } catch (error) {
      throw error instanceof ConnectPhaseError ? error : new ConnectPhaseError(error);
    } finally {
      timer.cancel();
    }
  };
}

function secured(tls: TLSSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    const onAbort = () => {
      tls.destroy();
      end(() => reject(signal.reason));
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    tls.once("secureConnect", () => end(resolve));
    // Stays: an error between here and the first request must not be thrown. And Node leaves a connection open whose TLS broke
    // after the handshake: what was nonsense would become a time-out.
    tls.on("error", (error) => {
      end(() => reject(error));
      tls.destroy();
    });
  });
}
