// The addresses of Duo's host: looked up anew for each connection, with the last good ones kept for when the resolver fails.
// And whether a look-up failed because this machine could not ask: getaddrinfo says "no such name" without a descriptor to
// read /etc/resolv.conf with, and "try again" without a UDP port to ask from. It connects nowhere and decides nothing.

import { createSocket } from "node:dgram";
import { promises as dns } from "node:dns";
import type { Clock } from "../core/clock.ts";
import { isResolverAnswer } from "./peer-errors.ts";

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** The addresses of a name, best first. Rejects with the resolver's error. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

/** The look-up failed for want of something that this machine ran out of: it says nothing about the name. */
export class LocalTroubleError extends Error {}

/** getaddrinfo: /etc/hosts, nsswitch and the order of RFC 6724 hold. An IP literal is its own address. */
const lookUp: Resolve = (host) => dns.lookup(host, { all: true });

/**
 * `lookUp`, whose failure is the resolver's word or a LocalTroubleError.
 *
 * SECURITY: a user without rights can take every UDP port, or none, at moments of their choice. A failed look-up counts as
 * the resolver's only between two moments at which this machine could have asked.
 */
export const systemResolve: Resolve = async (host) => {
  try {
    return await lookUp(host);
  } catch (error) {
    await canAsk(error);
    // A resolver that is silent takes seconds: then connect_timeout has ended this before.
    return await lookUp(host).catch(async (again: unknown) => {
      await canAsk(again);
      throw again;
    });
  }
};

/** As many as getaddrinfo has open at once: a file, a socket for each family, and one to spare. */
const PROBES = ["udp4", "udp4", "udp4", "udp6"] as const;
/** A machine without IPv6 has no resolver there. */
const NO_FAMILY: ReadonlySet<string> = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL"]);

/** Rejects with a LocalTroubleError if the machine is out of descriptors or UDP ports, or `error` is no resolver's answer. */
async function canAsk(error: unknown): Promise<void> {
  const code = codeOf(error);
  if (!isResolverAnswer(code)) throw new LocalTroubleError(`the name cannot be looked up: ${code}`, { cause: error });
  const sockets: { close(): void }[] = [];
  try {
    for (const type of PROBES) {
      const trouble = await bindAny(type, sockets);
      if (trouble === "" || (type === "udp6" && NO_FAMILY.has(trouble))) continue;
      throw new LocalTroubleError(`the name cannot be looked up: ${trouble} on a UDP socket`, { cause: error });
    }
  } finally {
    for (const socket of sockets) socket.close();
  }
}

/** "" or the errno. */
function bindAny(type: "udp4" | "udp6", sockets: { close(): void }[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket({ type, ipv6Only: type === "udp6" });
    sockets.push(socket);
    socket.once("error", (error) => resolve(codeOf(error)));
    socket.bind({ port: 0, exclusive: true }, () => resolve(""));
  });
}

/** How long a resolver may take where the last good addresses are known. RFC 8767 has 1.8 s. */
const PATIENCE_MS = 1000;

/**
 * The last good addresses of each host, for as long as the process lives: applications share them, and a reload does not lose
 * them. The hosts are those of the configurations that there were.
 */
export class KnownAddresses {
  readonly #byHost = new Map<string, readonly Address[]>();

  of(host: string): readonly Address[] | undefined {
    return this.#byHost.get(host);
  }

  keep(host: string, addresses: readonly Address[]): void {
    if (addresses.length > 0) this.#byHost.set(host, addresses);
  }
}

/**
 * `resolve`, with one look-up at a time, and with the last good addresses where it fails or does not answer: TLS tells whether
 * it is still Duo that answers there, and without them whoever can disturb the resolver decides.
 */
export function remembering(resolve: Resolve, clock: Clock, good: KnownAddresses): Resolve {
  let running: Promise<readonly Address[]> | undefined;
  return (host) => {
    running ??= resolve(host)
      .then((addresses) => {
        good.keep(host, addresses);
        return addresses;
      })
      .finally(() => {
        running = undefined;
      });
    const known = good.of(host);
    if (known === undefined) return running;
    const answer = running.catch(() => known);
    return new Promise((settle) => {
      const timer = clock.after(PATIENCE_MS, () => settle(known));
      void answer.then((addresses) => {
        timer.cancel();
        settle(addresses);
      });
    });
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "an unknown error";
}
