// The gateway's ReadPeer over the ffi shim: SO_PEERCRED of a Node socket, or one sentence for the log.

import { describeFailure } from "../../ffi/failure.ts";
import type { Libc } from "../../ffi/libc.ts";
import { createPeerCredentials, socketFd } from "../../ffi/peer-credentials.ts";
import type { ReadPeer } from "../../gateway/ports.ts";

export function peerReader(libc: Libc): ReadPeer {
  const read = createPeerCredentials(libc);
  return (socket) => {
    const fd = socketFd(socket);
    if (fd === undefined) return { ok: false, error: "the connection was gone before its peer could be read" };
    const peer = read(fd);
    return peer.ok ? peer : { ok: false, error: describeFailure(peer.error) };
  };
}
