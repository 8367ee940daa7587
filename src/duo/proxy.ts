// The way through an HTTP proxy: CONNECT on a fresh TCP connection, until the proxy has said yes. The environment is never
// asked for a proxy. SECURITY: the proxy carries bytes; TLS and its checks are with Duo behind it. Called by
// transport-connect.ts.

import type { Socket } from "node:net";
import type { Secret } from "../core/secret.ts";
import type { Place } from "./transport-dial.ts";

export interface HttpProxy extends Place {
  /** `user:password`. */
  readonly credentials: Secret | undefined;
}

/** The proxy's answer was no; `status` is 0 where it was no HTTP. Nothing of it is quoted but the number. */
export class ProxyRefusal extends Error {
  readonly status: number;
  constructor(status: number) {
    super(status === 0 ? "the proxy's answer is no HTTP" : `the proxy answered CONNECT with ${status}`);
    this.status = status;
  }
}

const HEAD_MAX_BYTES = 16 * 1024;

/** Asks for a tunnel to `target`. Rejects with ProxyRefusal, the socket's error, or the signal's reason. */
export function openTunnel(socket: Socket, target: Place, proxy: HttpProxy, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let head = "";
    const end = (settle: () => void) => {
      socket.off("data", onData).off("close", onClose).pause();
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    const onAbort = () => end(() => reject(signal.reason));
    // The socket's own error may be this machine's trouble, which is no word of the proxy's.
    const onClose = () => end(() => reject(socket.errored ?? lost()));
    const onData = (bytes: Buffer) => {
      head += bytes.toString("latin1");
      const verdict = readHead(head);
      if (verdict === "yes") end(resolve);
      else if (verdict !== "more") end(() => reject(verdict));
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on("data", onData).on("close", onClose);
    socket.write(request(target, proxy));
  });
}

function request({ host, port }: Place, { credentials }: HttpProxy): string {
  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
  if (credentials !== undefined) {
    lines.push(`Proxy-Authorization: Basic ${Buffer.from(credentials.reveal()).toString("base64")}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}

function readHead(head: string): "yes" | "more" | ProxyRefusal {
  const end = head.indexOf("\r\n\r\n");
  if (end === -1) return head.length > HEAD_MAX_BYTES ? new ProxyRefusal(0) : "more";
  const status = Number(/^HTTP\/1\.[01] ([1-5][0-9]{2})(?= |\r)/.exec(head)?.[1] ?? 0);
  // In TLS the client speaks first: bytes behind the head would be none of Duo's.
  const whole = end + 4 === head.length;
  return status >= 200 && status <= 299 && whole ? "yes" : new ProxyRefusal(status <= 299 ? 0 : status);
}

function lost(): Error {
  return Object.assign(new Error("the proxy closed the connection"), { code: "ECONNRESET" });
}
