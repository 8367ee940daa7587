// Owns the check of faults that come from a test or over the control interface, against their target.

import { endpoints } from "../store/records.ts";
import { certificateRecipes } from "../tls/certificates.ts";
import type {
  ConnectFault,
  ConnectFaults,
  EndpointFault,
  EndpointFaults,
  Fault,
  FaultTarget,
  TlsFault,
  TlsFaults,
} from "./fault.ts";

type Check = (value: unknown) => boolean;
type Shape<Settings> = Readonly<Record<keyof Settings, Check>>;
type Table<Map> = { readonly [Kind in keyof Map]: Shape<Map[Kind]> };

const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => value === undefined || typeof value === "boolean";
const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isStatus: Check = (value) => typeof value === "number" && Number.isInteger(value) && value >= 200 && value < 600;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const endpointTable: Table<EndpointFaults> = {
  reset: { processed: isFlag },
  silent: { processed: isFlag },
  delay: { ms: isNumber },
  drip: { intervalMs: isNumber, bytes: optional(isNumber) },
  "half-body": {},
  oversized: { bytes: optional(isNumber) },
  "invalid-json": { processed: isFlag },
  "unknown-result": { result: optional(isText) },
  "wrong-types": {},
  "hostile-text": { text: optional(isText) },
  html: { status: optional(isStatus), processed: isFlag },
  status: {
    status: isStatus,
    code: optional(isNumber),
    retryAfter: optional(isText),
    xRetryAfter: optional(isText),
    processed: isFlag,
  },
  body: { text: isText, status: optional(isStatus), contentType: optional(isText), processed: isFlag },
  raw: { bytes: isText, processed: isFlag },
  "waiting-forever": { holdMs: optional(isNumber) },
  "clock-skew": { seconds: isNumber },
};

const connectTable: Table<ConnectFaults> = { refuse: {}, reset: {}, silent: {} };

const tlsTable: Table<TlsFaults> = {
  reset: {},
  close: {},
  silent: {},
  alert: { alert: isNumber },
  garbage: { text: isText },
  certificate: { certificate: (value) => typeof value === "string" && Object.hasOwn(certificateRecipes, value) },
};

type AnyTable = Readonly<Record<string, Readonly<Record<string, Check>>>>;

function fits(fault: unknown, table: AnyTable): boolean {
  if (typeof fault !== "object" || fault === null) return false;
  const settings = new Map<string, unknown>(Object.entries(fault));
  const kind = settings.get("kind");
  settings.delete("kind");
  if (typeof kind !== "string" || !Object.hasOwn(table, kind)) return false;
  const shape = table[kind] ?? {};
  const known = [...settings.keys()].every((key) => Object.hasOwn(shape, key));
  return known && Object.entries(shape).every(([key, check]) => check(settings.get(key)));
}

/** Whether an endpoint can have this fault. */
export function isEndpointFault(fault: unknown): fault is EndpointFault {
  return fits(fault, endpointTable);
}

/** Whether the connection can have this fault. */
export function isConnectFault(fault: unknown): fault is ConnectFault {
  return fits(fault, connectTable);
}

/** Whether the handshake can have this fault. */
export function isTlsFault(fault: unknown): fault is TlsFault {
  return fits(fault, tlsTable);
}

function isTarget(target: unknown): target is FaultTarget {
  return target === "connect" || target === "tls" || endpoints.some((endpoint) => endpoint === target);
}

function isFaultFor(target: FaultTarget, fault: unknown): fault is Fault {
  if (target === "connect") return isConnectFault(fault);
  return target === "tls" ? isTlsFault(fault) : isEndpointFault(fault);
}

/**
 * Checks a fault and its target.
 * @throws TypeError if the target is unknown or cannot have that fault.
 */
export function parseFault(target: unknown, fault: unknown): { target: FaultTarget; fault: Fault } {
  if (!isTarget(target)) throw new TypeError(`fault: the target is an endpoint, "connect" or "tls"`);
  if (!isFaultFor(target, fault)) throw new TypeError(`fault: "${target}" cannot have this fault; see faults/fault.ts`);
  return { target, fault };
}
