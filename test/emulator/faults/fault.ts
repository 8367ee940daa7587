// Owns the vocabulary of faults: what can go wrong at the connection, in TLS, and at an endpoint.
// It applies nothing. A new fault is a field of one map here, a row in the check table and a row in endpoint-faults.ts.

import type { Endpoint } from "../store/records.ts";
import type { CertificateKind } from "../tls/certificates.ts";

/** Faults of an endpoint, with their settings. `processed` lets the request take effect before its reply is lost. */
export interface EndpointFaults {
  /** The connection is reset once the request has been read. */
  readonly reset: { readonly processed?: boolean };
  /** The request is read and never answered. */
  readonly silent: { readonly processed?: boolean };
  /** The true reply, `ms` late. */
  readonly delay: { readonly ms: number };
  /** The true reply, `bytes` (default 1) of its body at a time with `intervalMs` between. */
  readonly drip: { readonly intervalMs: number; readonly bytes?: number };
  /** Half of the true reply's body, then the connection is closed. */
  readonly "half-body": object;
  /** A JSON reply of `bytes` (default 10 MB). */
  readonly oversized: { readonly bytes?: number };
  readonly "invalid-json": { readonly processed?: boolean };
  /** The true reply with `result` (or the string response) changed to a word that Duo has not defined. */
  readonly "unknown-result": { readonly result?: string };
  /** The true reply with every field of `response` in another type. */
  readonly "wrong-types": object;
  /** The true reply, with `text` (terminal controls unless given) before every text that is meant to be shown. */
  readonly "hostile-text": { readonly text?: string };
  /** A proxy's error page; status 502 unless given. */
  readonly html: { readonly status?: number; readonly processed?: boolean };
  /** A Duo error envelope of that HTTP status; code is status × 100 + 1 unless given. */
  readonly status: {
    readonly status: number;
    readonly code?: number;
    readonly retryAfter?: string;
    readonly xRetryAfter?: string;
    readonly processed?: boolean;
  };
  /** Any bytes at all. */
  readonly body: {
    readonly text: string;
    readonly status?: number;
    readonly contentType?: string;
    readonly processed?: boolean;
  };
  /** These bytes (Latin-1) in the place of an HTTP reply. */
  readonly raw: { readonly bytes: string; readonly processed?: boolean };
  /** auth_status: holds (as long as a poll does, unless given) and says that the push is still waiting. */
  readonly "waiting-forever": { readonly holdMs?: number };
  /** This request is judged and answered by a clock that is off. */
  readonly "clock-skew": { readonly seconds: number };
}

/** Faults of the connection, before TLS. `refuse` closes the listening socket and lasts until clearFaults. */
export interface ConnectFaults {
  readonly refuse: object;
  readonly reset: object;
  readonly silent: object;
}

/** Faults of the handshake, after the first bytes of the client. */
export interface TlsFaults {
  readonly reset: object;
  readonly close: object;
  readonly silent: object;
  /** A fatal alert of that number. */
  readonly alert: { readonly alert: number };
  /** Text that is no TLS. */
  readonly garbage: { readonly text: string };
  readonly certificate: { readonly certificate: CertificateKind };
}

type Tagged<Map> = { [Kind in keyof Map]: { readonly kind: Kind } & Map[Kind] };

/** One endpoint fault; with a kind given, that one. */
export type EndpointFault<Kind extends keyof EndpointFaults = keyof EndpointFaults> = Tagged<EndpointFaults>[Kind];
/** One connection fault. */
export type ConnectFault = Tagged<ConnectFaults>[keyof ConnectFaults];
/** One handshake fault. */
export type TlsFault = Tagged<TlsFaults>[keyof TlsFaults];
/** Any fault; which of them fit is up to the target. */
export type Fault = EndpointFault | ConnectFault | TlsFault;
/** Where a fault sits. */
export type FaultTarget = Endpoint | "connect" | "tls";
