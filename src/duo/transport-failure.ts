// Foreign errors (undici, TLS, sockets, the resolver) become DuoFailure values here and nowhere else. What undici says of
// our own request is a defect and is thrown again. SECURITY: a lost connection is a positive list; bytes that are no HTTP are
// nonsense, and what no list knows is local trouble: neither is an outage, neither is repeated.

import { errors } from "undici";
import { type DuoFailure, type DuoFailureCode, type DuoStage, failureClass } from "../core/failure.ts";
import { isResolverAnswer, meaningOf } from "./peer-errors.ts";
import { ProxyRefusal } from "./proxy.ts";
import { LocalTroubleError } from "./resolver.ts";

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

const DEFECT = /^(UND_ERR_(INVALID_ARG|NOT_SUPPORTED|REQ_CONTENT_LENGTH_MISMATCH)|ERR_INVALID_)/;
/** Our own close(): it proves nothing about Duo. */
const CLOSED = /^UND_ERR_(DESTROYED|CLOSED)$/;
const TIMED_OUT = /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/;
/** undici's SocketError has one code for an end of the connection and for replies that it cannot use ("bad response"). */
const ENDED: ReadonlySet<string> = new Set(["other side closed", "closed"]);
/** undici asserts what a peer can break (a status of 000, a 101 that nobody asked for), and ends the connection. */
const NO_HTTP = /^(UND_ERR_(SOCKET|HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH|RES_EXCEEDED_MAX_SIZE)|ERR_ASSERTION)$/;

export function transportFailure(error: unknown, stage: DuoStage, signal: AbortSignal): DuoFailure {
  if (signal.aborted) return { code: "cancelled", stage, detail: "the login ended first" };
  if (error instanceof BodyLimitError) return { code: error.code, stage, detail: error.message };
  if (error instanceof ConnectPhaseError) return connectFailure(error);
  const { code, message } = coded(error);
  if (DEFECT.test(code)) throw error;
  if (CLOSED.test(code)) return { code: "cancelled", stage, detail: "the way to Duo was closed" };
  if (TIMED_OUT.test(code)) return { code: "timeout", stage, detail: "no answer in time" };
  if (isLost(code, message)) return { code: "connection-lost", stage, detail: message };
  // No word of the answer is quoted: it may be anything.
  if (isNonsense(error, code)) return { code: "invalid-response", stage, detail: "the answer is no HTTP" };
  return { code: "local-trouble", stage, detail: message };
}

function isLost(code: string, message: string): boolean {
  if (code === "UND_ERR_SOCKET") return ENDED.has(message);
  const meaning = meaningOf(code);
  return meaning === "network" || meaning === "tls-refused";
}

/** undici 7's HTTPParserError has no code. */
function isNonsense(error: unknown, code: string): boolean {
  return error instanceof errors.HTTPParserError || NO_HTTP.test(code) || meaningOf(code) === "tls-nonsense";
}

function connectFailure({ cause, phase }: ConnectPhaseError): DuoFailure {
  // An error for each address: the strictest decides. SECURITY: one that the machine itself refused to try is enough. Next comes
  // silence, which may be this machine's too (own-trouble.ts), before an address that was refused.
  const failures = leaves(cause).map((error) => oneConnectFailure(error, phase));
  const strictest =
    failures.find(({ code }) => failureClass(code) !== "outage") ??
    failures.find(({ code }) => code === "connect-timeout") ??
    failures[0];
  return strictest ?? { code: "local-trouble", stage: phase ?? "connect", detail: "no address was tried" };
}

function leaves(error: unknown): readonly unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(leaves) : [error];
}

function oneConnectFailure(error: unknown, phase: "tls" | undefined): DuoFailure {
  if (error instanceof ProxyRefusal) return proxyFailure(error);
  const { code, message: detail } = coded(error);
  if (error instanceof ConnectLimitError) return { code: "connect-timeout", stage: "connect", detail };
  if (error instanceof LocalTroubleError) return { code: "local-trouble", stage: "resolve", detail };
  if (phase === "tls") return { code: tlsCode(code), stage: "tls", detail };
  if (isResolverAnswer(code)) return { code: "resolve-failed", stage: "resolve", detail };
  return { code: meaningOf(code) === "network" ? "connect-failed" : "local-trouble", stage: "connect", detail };
}

function tlsCode(code: string): DuoFailureCode {
  switch (meaningOf(code)) {
    case "network":
    case "certificate":
    case "tls-refused":
      return "tls-failed";
    case "tls-nonsense":
      return "invalid-response";
    default:
      return "local-trouble";
  }
}

/**
 * A proxy that cannot reach Duo (5xx, 408) is an outage. One that will not (407, 403, anything else, or that is no proxy at
 * all) is a wrong configuration, here or there: SECURITY: failmode has no say then, as with wrong keys. Nor where it has had
 * too many requests (429), which others of this machine may have made.
 */
function proxyFailure({ status, message }: ProxyRefusal): DuoFailure {
  const outage = status >= 500 || status === 408;
  return { code: outage ? "connect-failed" : "proxy-refused", stage: "connect", detail: message };
}

function coded(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: "", message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return { code, message: error.message === "" ? code : error.message };
}
