// The way to syslog: its socket, which Node cannot write to. Given to telemetry/ by daemon.ts.

import { sendDatagram, unixAddress } from "../../ffi/datagram.ts";
import type { Libc } from "../../ffi/libc.ts";

/** syslog(3)'s _PATH_LOG. */
const SOCKET = "/dev/log";

/** Sends without waiting: a log that is full must not hold up every login. False when the line was not taken. */
export function syslogSender(libc: Libc, socket: string = SOCKET): (datagram: string) => boolean {
  const address = unixAddress(socket);
  return (datagram) => address !== undefined && sendDatagram(libc, address, datagram, false).ok;
}
