// Owns the shapes of what the emulator remembers for tests: requests, pushes and text messages.
// They hold secrets of test users; nothing here is ever printed by the emulator itself.

import type { Pair } from "../http/pairs.ts";
import type { Numbered } from "./journal.ts";

/** The endpoints of the Auth API, by their last path element. */
export type Endpoint = "ping" | "check" | "logo" | "enroll" | "enroll_status" | "preauth" | "auth" | "auth_status";

/** All endpoints, for input checks. */
export const endpoints: readonly Endpoint[] = [
  "ping",
  "check",
  "logo",
  "enroll",
  "enroll_status",
  "preauth",
  "auth",
  "auth_status",
];

/** One request that reached the HTTP layer, genuine or not. */
export interface RecordedRequest extends Numbered {
  /** `undefined` for a path the server does not have. */
  readonly endpoint: Endpoint | undefined;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly userAgent: string | undefined;
  /** performance.now() when its last byte was there. */
  readonly at: number;
  /** Number of the TCP connection, from 1. */
  readonly connection: number;
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly protocol: string | undefined;
  /** Whether the TLS session of the connection was resumed. */
  readonly resumed: boolean;
  /** The fault that was applied. */
  readonly fault: string | undefined;
  /** Set when the reply was written: its HTTP status; performance.now(). */
  readonly status: number | undefined;
  readonly answeredAt: number | undefined;
}

/** A push or a phone call that reached a device. */
export interface PushRecord extends Numbered {
  readonly factor: "push" | "phone";
  readonly txid: string;
  /** The account's own name, also when the client used an alias or a user_id. */
  readonly user: string;
  readonly userId: string;
  readonly device: string;
  /** performance.now() */
  readonly at: number;
  readonly ipaddr: string | undefined;
  readonly hostname: string | undefined;
  /** As sent, and decoded. */
  readonly pushinfo: string | undefined;
  readonly info: readonly Pair[];
  readonly type: string | undefined;
  readonly displayUsername: string | undefined;
  readonly verificationCode: string | undefined;
}

/** A text message with passcodes. */
export interface SmsRecord extends Numbered {
  readonly user: string;
  readonly device: string;
  readonly codes: readonly string[];
  /** performance.now() */
  readonly at: number;
}
