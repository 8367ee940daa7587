// The vocabulary of everything that can go wrong between us and Duo, and the stage where it went wrong. duo/ produces
// these, policy/ maps them to verdicts, login/ carries them; none of them reads message text.

/** Where in the exchange a call was when it failed. */
export type DuoStage = "resolve" | "connect" | "tls" | "ping" | "preauth" | "auth" | "auth_status";

export type DuoFailureCode =
  // Proven outage: Duo could not be reached or said that it is in trouble.
  | "resolve-failed"
  | "connect-failed"
  | "connect-timeout"
  | "tls-failed"
  | "connection-lost"
  | "timeout"
  | "server-error"
  // Configuration: ours to mend, never an outage.
  | "bad-keys"
  | "bad-signature"
  | "forbidden"
  | "bad-clock"
  | "proxy-refused"
  // This machine ran out of something, or does not let the request out: no word about Duo.
  | "local-trouble"
  // Duo understood and refused the request.
  | "bad-request"
  | "rate-limited"
  | "unexpected-status"
  // Something answered that does not speak the Auth API.
  | "invalid-response"
  | "response-too-large"
  // We stopped it ourselves.
  | "cancelled";

export interface DuoFailure {
  readonly code: DuoFailureCode;
  readonly stage: DuoStage;
  /** HTTP status, where an answer came. */
  readonly httpStatus?: number | undefined;
  /** Duo's own five-digit code, where it gave one. */
  readonly duoCode?: number | undefined;
  /** For the log: Duo's message and detail, or the system's error. Never shown to the user, never switched on. */
  readonly detail: string;
}

export type FailureClass = "outage" | "misconfiguration" | "local" | "refused" | "nonsense" | "cancelled";

const CLASS: Readonly<Record<DuoFailureCode, FailureClass>> = {
  "resolve-failed": "outage",
  "connect-failed": "outage",
  "connect-timeout": "outage",
  "tls-failed": "outage",
  "connection-lost": "outage",
  timeout: "outage",
  "server-error": "outage",
  "bad-keys": "misconfiguration",
  "bad-signature": "misconfiguration",
  forbidden: "misconfiguration",
  "bad-clock": "misconfiguration",
  "proxy-refused": "misconfiguration",
  "local-trouble": "local",
  "bad-request": "refused",
  // SECURITY: Duo is there, and anybody of this machine who logs in often enough brings it about for others.
  "rate-limited": "refused",
  "unexpected-status": "nonsense",
  "invalid-response": "nonsense",
  "response-too-large": "nonsense",
  cancelled: "cancelled",
};

/** Every code there is, for tables and tests that must be total. */
export const DUO_FAILURE_CODES = Object.keys(CLASS) as readonly DuoFailureCode[];

export function failureClass(code: DuoFailureCode): FailureClass {
  return CLASS[code];
}
