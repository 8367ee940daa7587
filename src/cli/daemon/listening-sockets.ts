// The gateway's ListeningSockets over the ffi shim, with a sentence for each failure.

import { describeFailure } from "../../ffi/failure.ts";
import type { Libc } from "../../ffi/libc.ts";
import { bindUnixSocket, duplicate } from "../../ffi/listening-socket.ts";
import type { ListeningSockets } from "../../gateway/listener.ts";

export function listeningSockets(libc: Libc): ListeningSockets {
  return {
    bind(path) {
      const bound = bindUnixSocket(libc, path);
      if (bound.ok) return bound;
      const { error } = bound;
      return { ok: false, error: error.code === "no-address" ? "the path is too long" : describeFailure(error) };
    },
    duplicate(fd) {
      const copy = duplicate(libc, fd);
      return copy.ok ? copy : { ok: false, error: describeFailure(copy.error) };
    },
    close: (fd) => void libc.close.call(fd),
  };
}
