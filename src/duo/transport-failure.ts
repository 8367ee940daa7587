// Foreign errors (undici, TLS, sockets, the resolver) become DuoFailure values here and nowhere else. What undici says of
// our own request is a defect and is thrown again; an answer that is no HTTP is nonsense; the rest is a lost connection.

import type { DuoFailure, DuoFailureCode, DuoStage } from "../core/failure.ts";
import { ProxyRefusal } from "./proxy.ts";

/** Marks an error of the connect phase: nothing of the request was sent. */
export class ConnectPhaseError extends Error {
  /** "tls" where TCP, and a proxy's tunnel, were there already. */
  readonly phase: "tls" | undefined;
  constructor(cause: unknown, phase?: "tls") {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.phase = phase;
  }
}

/** connect_timeout has run out. */
export class ConnectLimitError extends Error {
  constructor(limitMs: number) {
    super(`no connection within ${limitMs} ms`);
  }
}

/** A reply that was too long, or that took too long after its headers. */
export class BodyLimitError extends Error {
  readonly code: "timeout" | "response-too-large";
  constructor(code: "timeout" | "response-too-large") {
    super(code === "timeout" ? "the body of the reply did not end in time" : "the reply is too large");
    this.code = code;
  }
}

const CONNECT_TIMEOUT = ["connect-timeout", "connect"] as const;
const TLS_FAILED = ["tls-failed", "tls"] as const;
const RESOLVER = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME", "ENODATA", "ESERVFAIL"]);
const DEFECT = /^(UND_ERR_(INVALID_ARG|NOT_SUPPORTED|REQ_CONTENT_LENGTH_MISMATCH)|ERR_INVALID_)/;
/** Our own close(): it proves nothing about Duo. */
const CLOSED = /^UND_ERR_(DESTROYED|CLOSED)$/;
const SOCKET = /^(ECONN|EHOST|ENET|EADDR|EACCES|EPERM|ETIMEDOUT|EPIPE|EMFILE|ENFILE|ENOBUFS)/;

export function transportFailure(error: unknown, stage: DuoStage, signal: AbortSignal): DuoFailure {
  if (signal.aborted) return { code: "cancelled", stage, detail: "the login ended first" };
  if (error instanceof BodyLimitError) return { code: error.code, stage, detail: error.message };
  if (error instanceof ConnectPhaseError) return connectFailure(error.cause, error.phase);
  const cause = first(error);
  if (DEFECT.test(cause.code)) throw error;
  if (CLOSED.test(cause.code)) return { code: "cancelled", stage, detail: "the way to Duo was closed" };
  if (cause.code.startsWith("HPE_")) return { code: "invalid-response", stage, detail: "the answer is no HTTP" };
  const timedOut = cause.code === "UND_ERR_HEADERS_TIMEOUT" || cause.code === "UND_ERR_BODY_TIMEOUT";
  return timedOut
    ? { code: "timeout", stage, detail: "no answer in time" }
    : { code: "connection-lost", stage, detail: cause.message };
}

function connectFailure(error: unknown, phase: "tls" | undefined): DuoFailure {
  if (error instanceof ProxyRefusal) return proxyFailure(error);
  const { code, message } = first(error);
  const limit = error instanceof ConnectLimitError;
  const [failure, stage] = limit ? CONNECT_TIMEOUT : phase === "tls" ? TLS_FAILED : connectCode(code);
  return { code: failure, stage, detail: message };
}

/**
 * A proxy that cannot reach Duo (5xx), or not just now, is an outage. One that will not (407, 403, anything else, or that is
 * no proxy at all) is a wrong configuration, here or there: SECURITY: failmode has no say then, as with wrong keys.
 */
function proxyFailure({ status, message }: ProxyRefusal): DuoFailure {
  const outage = status >= 500 || status === 408 || status === 429;
  return { code: outage ? "connect-failed" : "proxy-refused", stage: "connect", detail: message };
}

function connectCode(code: string): readonly [DuoFailureCode, DuoStage] {
  if (code === "UND_ERR_CONNECT_TIMEOUT") return CONNECT_TIMEOUT;
  if (RESOLVER.has(code)) return ["resolve-failed", "resolve"];
  if (SOCKET.test(code)) return ["connect-failed", "connect"];
  // What is left of a connect is the handshake: certificate errors carry OpenSSL's names as codes.
  return TLS_FAILED;
}

/** The innermost telling error: happy eyeballs wraps one error for each address. */
function first(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return first(error.errors[0]);
  if (!(error instanceof Error)) return { code: "", message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return { code, message: error.message === "" ? code : error.message };
}
