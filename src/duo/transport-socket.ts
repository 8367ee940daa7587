// One TCP connection to one address, with a source port even where another user of this machine has taken all that the kernel
// gives out by itself. It knows neither names nor TLS.

import { createSocket } from "node:dgram";
import { connect, type Socket } from "node:net";
import type { Address } from "./resolver.ts";

/**
 * Where a port is looked for when connect() finds none: first anywhere above what services use, then among those that only a
 * process with CAP_NET_BIND_SERVICE may have, so that a user without rights cannot take them (the unit gives the daemon no such
 * right; docs/OPERATIONS.md says how to). Measured: IP_BIND_ADDRESS_NO_PORT and ip_local_reserved_ports do not help, because
 * connect() passes over every port that somebody has bound, and a reserved one can be bound by name.
 */
const SPARE_PORTS = [
  { from: 10_000, to: 65_535, tries: 16 },
  { from: 600, to: 1023, tries: 8 },
] as const;
/** Of one port: in use, in use towards this address, or not ours to have. */
const TRY_ANOTHER: ReadonlySet<string> = new Set(["EADDRINUSE", "EADDRNOTAVAIL", "EACCES"]);

/** Rejects with the kernel's error, or the signal's reason; then no socket is left. */
export async function openTcp(to: Address, port: number, signal: AbortSignal, random: () => number): Promise<Socket> {
  try {
    return await attempt(to, port, undefined, signal);
  } catch (error) {
    if (signal.aborted || codeOf(error) !== "EADDRNOTAVAIL") throw error;
    if (await hasNoSource(to)) throw noFamily(to);
    return await fromSparePort(to, port, signal, random, error);
  }
}

/** Rejects with `error` when no port can be had. */
async function fromSparePort(
  to: Address,
  port: number,
  signal: AbortSignal,
  random: () => number,
  error: unknown,
): Promise<Socket> {
  for (const localPort of sparePorts(random)) {
    try {
      return await attempt(to, port, localPort, signal);
    } catch (again) {
      if (signal.aborted || !TRY_ANOTHER.has(codeOf(again))) throw again;
    }
  }
  throw error;
}

function* sparePorts(random: () => number): Generator<number> {
  for (const { from, to, tries } of SPARE_PORTS) {
    for (let count = 0; count < tries; count += 1) yield from + Math.floor(random() * (to - from + 1));
  }
}

function attempt(to: Address, port: number, localPort: number | undefined, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const own = localPort === undefined ? {} : { localPort };
    const socket = connect({ host: to.address, port, noDelay: true, autoSelectFamily: false, ...own });
    const onAbort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("connect", () => {
      signal.removeEventListener("abort", onAbort);
      resolve(socket);
    });
    // Stays: later errors are told by who uses the socket; this listener keeps them from being thrown.
    socket.on("error", (error) => {
      signal.removeEventListener("abort", onAbort);
      reject(error);
    });
  });
}

/**
 * EADDRNOTAVAIL has two meanings: no port is left, or the machine has no address of this family (IPv6 switched off by a
 * sysctl). A UDP socket that already has its port tells them apart, and sends nothing.
 */
function hasNoSource({ address, family }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    const end = (answer: boolean) => {
      socket.close();
      resolve(answer);
    };
    let bound = false;
    socket.once("error", (error) => end(bound && codeOf(error) === "EADDRNOTAVAIL"));
    socket.once("connect", () => end(false));
    socket.bind(0, () => {
      bound = true;
      socket.connect(9, address);
    });
  });
}

function noFamily({ address }: Address): Error {
  return Object.assign(new Error(`this machine has no address to reach ${address} from`), { code: "ENETUNREACH" });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
