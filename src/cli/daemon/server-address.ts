// This machine's own address, as others see it: the one that the kernel would send from. Nothing is sent, and no network
// device is listed, which the daemon's unit does not permit. Given to the gateway by daemon.ts.

import { createSocket, type SocketType } from "node:dgram";

// COMPAT(duo_unix): it asks for the way to 192.0.2.1 too. Both are for documentation (RFC 5737, RFC 3849) and lead wherever
// the default route does.
const FAR_AWAY: readonly (readonly [SocketType, string])[] = [
  ["udp4", "192.0.2.1"],
  ["udp6", "2001:db8::1"],
];
const DISCARD_PORT = 9;

/** The IPv4 address, else the IPv6 address; undefined without a way to anywhere. Never rejects. */
export async function serverAddress(): Promise<string | undefined> {
  for (const [type, far] of FAR_AWAY) {
    const address = await sourceAddress(type, far);
    if (address !== undefined) return address;
  }
  return undefined;
}

function sourceAddress(type: SocketType, far: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(type);
    const end = (address: string | undefined) => {
      socket.close();
      resolve(address);
    };
    socket.once("error", () => end(undefined));
    socket.once("connect", () => end(socket.address().address));
    socket.connect(DISCARD_PORT, far);
  });
}
